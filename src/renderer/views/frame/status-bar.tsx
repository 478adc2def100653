import { ScrollText, Trophy } from 'lucide-react';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import type { WorkbenchStatus } from '../../../shared/records/log.ts';
import { trialName } from '../../../shared/trial-name.ts';
import { bytes, clockTime, percent, plural } from '../../components/words.ts';
import { setNewestBest, useNewestBest } from '../../state/newest-best.ts';
import { showDialog } from '../../state/open-dialogs.ts';
import { rowKeyOf } from '../../state/row-key.ts';
import { useLog, useStatus } from '../../state/use-workbench.ts';
import styles from './app.module.css';
import { QUIET_MS, useLostFor } from './use-lost-for.ts';

export function StatusBar({ status }: { status: WorkbenchStatus | null }): ReactElement {
  return (
    <footer className={styles.status} data-pane="status">
      <ConnectionWords />
      {status === null ? null : <MachineWords status={status} />}
      <Best />
      <span className={styles.gap} />
      <NewestLog />
      <button type="button" className={styles.log} onClick={() => showDialog('log')}>
        <ScrollText size={14} aria-hidden="true" />
        Log
      </button>
    </footer>
  );
}

function ConnectionWords(): ReactElement {
  const status = useStatus();
  const lost = useLostFor(QUIET_MS);
  const words =
    lost !== null
      ? `Reconnecting, data of ${clockTime(lost)}`
      : status.kind === 'connecting'
        ? 'Connecting'
        : status.kind === 'connected' && status.caughtUp !== null
          ? caughtUpWords(status.caughtUp)
          : 'Connected';
  return (
    <span className={`${styles.connection} ${lost === null ? '' : styles.lost}`}>
      <i className={styles.dot} aria-hidden="true" />
      {words}
    </span>
  );
}

/** After a restart there is nothing to catch up with. */
const caughtUpWords = (events: number): string =>
  events === 0 ? 'Connected again' : `Connected, ${plural(events, 'event')} caught up`;

function MachineWords({ status }: { status: WorkbenchStatus }): ReactElement {
  const { trainers, freeMemoryBytes } = status;
  const busy = trainers.busy === 0 ? 'no trainer busy' : `${plural(trainers.busy, 'trainer')} busy`;
  return (
    <span className={styles.machine}>
      · {busy} · {bytes(freeMemoryBytes)} memory free
    </span>
  );
}

/** A best that came while the page was open, until somebody looks at it. */
function Best(): ReactElement | null {
  const best = useNewestBest();
  if (best === null) return null;
  const { experiment, reward } = best;
  return (
    <Link
      className={`${styles.log} ${styles.best}`}
      href={`/experiments/${experiment}?trial=${rowKeyOf(best)}`}
      onClick={() => setNewestBest(null)}
    >
      <Trophy size={14} aria-hidden="true" />
      New best {percent(reward)}, trial {trialName(best)}
    </Link>
  );
}

/** A press opens the log. */
function NewestLog(): ReactElement | null {
  const newest = useLog().at(-1);
  if (newest === undefined || newest.level === 'info') return null;
  return (
    <button
      type="button"
      className={`${styles.log} ${styles.newest} ${newest.level === 'error' ? styles.bad : styles.warn}`}
      title={newest.message}
      onClick={() => showDialog('log')}
    >
      <span>{newest.message}</span>
    </button>
  );
}
