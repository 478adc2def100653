import { type ReactElement, useEffect, useState } from 'react';
import { clockTime, percent, plural } from '../../components/words.ts';
import { useAllProgress, useExperiments, useLog, useStatus } from '../../state/use-workbench.ts';
import styles from './app.module.css';

/** A connection that comes back within this is not worth a word. Milliseconds (design). */
const QUIET_MS = 1_000;

export function StatusBar(): ReactElement {
  return (
    <footer className={styles.status}>
      <ConnectionWords />
      <BusyWords />
      <span className={styles.gap} />
      <NewestLog />
    </footer>
  );
}

/** Whether the connection has been lost for so long. */
export function useLostFor(ms: number): Date | null {
  const status = useStatus();
  const since = status.kind === 'lost' ? status.since : null;
  const [isLate, setIsLate] = useState(false);
  useEffect(() => {
    setIsLate(false);
    if (since === null) return;
    const timer = setTimeout(() => setIsLate(true), Math.max(0, since + ms - Date.now()));
    return () => clearTimeout(timer);
  }, [since, ms]);
  return since !== null && isLate ? new Date(since) : null;
}

function ConnectionWords(): ReactElement {
  const status = useStatus();
  const lost = useLostFor(QUIET_MS);
  if (lost !== null) {
    return (
      <span role="status" className={styles.lost}>
        Reconnecting, data of {clockTime(lost)}
      </span>
    );
  }
  const words =
    status.kind === 'connecting'
      ? 'Connecting'
      : status.kind === 'connected' && status.caughtUp !== null
        ? `Connected, ${plural(status.caughtUp, 'event')} caught up`
        : 'Connected';
  return (
    <>
      <i className={styles.dot} aria-hidden="true" />
      <span role="status">{words}</span>
    </>
  );
}

function BusyWords(): ReactElement | null {
  const experiments = useExperiments();
  const trainers = useAllProgress().size;
  if (experiments.kind !== 'ready') return null;
  const running = [...experiments.value.values()].filter(({ state }) => state === 'running');
  const best = running.reduce<number | null>(
    (most, { best }) => (best && best.reward > (most ?? 0) ? best.reward : most),
    null,
  );
  return (
    <span>
      · {running.length === 0 ? 'nothing runs' : plural(running.length, 'search').replace('searchs', 'searches')}
      {trainers > 0 ? ` · ${plural(trainers, 'trainer')} busy` : ''}
      {best === null ? '' : ` · best ${percent(best)}`}
    </span>
  );
}

function NewestLog(): ReactElement | null {
  const newest = useLog().at(-1);
  if (newest === undefined || newest.level === 'info') return null;
  return <span title={newest.message}>{newest.message}</span>;
}
