import { type ReactElement, useMemo, useState } from 'react';
import type { LogEntry } from '../../../shared/records/log.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Moment } from '../../components/moment.tsx';
import { CopyButton, Empty, ErrorPanel } from '../../components/notices.tsx';
import { SkeletonRows } from '../../components/skeletons.tsx';
import { showDialog } from '../../state/open-dialogs.ts';
import { useAnswer, useLog } from '../../state/use-workbench.ts';
import { mergedLog } from '../trial/log-entries.ts';
import styles from './log-dialog.module.css';

/** Entries that are read at first; newer ones come by themselves (ours). */
const READ = 1_000;

const LEVELS = [
  { id: 'info', title: 'All', least: 0 },
  { id: 'warn', title: 'Warnings and errors', least: 1 },
  { id: 'error', title: 'Errors', least: 2 },
] as const;
const RANK: Readonly<Record<LogEntry['level'], number>> = { info: 0, warn: 1, error: 2 };
const LEVEL_WORDS: Readonly<Record<LogEntry['level'], string>> = { info: 'info', warn: 'warning', error: 'error' };

/** What a person should know of all searches, newest first. */
export function LogDialog(): ReactElement {
  const stored = useAnswer('log.list', { experiment: null, trial: null, limit: READ });
  const live = useLog();
  const [least, setLeast] = useState(0);
  const entries = useMemo(() => {
    const all = mergedLog(stored.kind === 'ready' ? stored.value : [], live);
    return all.filter(({ level }) => RANK[level] >= least).reverse();
  }, [stored, live, least]);
  const close = (): void => showDialog(null);
  return (
    <Dialog
      title="Log"
      isWide
      onClose={close}
      actions={
        <>
          <CopyButton text={() => entries.map(entryText).join('\n')} />
          <Button onClick={close}>Close</Button>
        </>
      }
    >
      <fieldset className={styles.levels}>
        <legend className="visually-hidden">Levels</legend>
        {LEVELS.map(({ id, title, least: level }) => (
          <label key={id}>
            <input type="radio" name="log-level" checked={level === least} onChange={() => setLeast(level)} />
            {title}
          </label>
        ))}
      </fieldset>
      {stored.kind === 'loading' ? <SkeletonRows count={6} height={28} /> : null}
      {stored.kind === 'failed' ? <ErrorPanel message={stored.error.message} onRetry={stored.retry} /> : null}
      {stored.kind === 'ready' && entries.length === 0 ? (
        <Empty>{least === 0 ? 'Nothing has been logged.' : 'Nothing of that level has been logged.'}</Empty>
      ) : (
        <Entries entries={entries} />
      )}
    </Dialog>
  );
}

function Entries({ entries }: { entries: readonly LogEntry[] }): ReactElement {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys too
    <ol className={styles.entries} aria-label="Entries, newest first" tabIndex={0}>
      {entries.map((entry) => (
        <li key={`${entry.at} ${entry.message}`} className={styles[entry.level]}>
          <Moment at={entry.at} isExact />
          <span className={styles.level}>{LEVEL_WORDS[entry.level]}</span>
          <span className={styles.where}>{whereText(entry)}</span>
          <span className={styles.message}>{entry.message}</span>
        </li>
      ))}
    </ol>
  );
}

const whereText = ({ experiment, trial }: LogEntry): string =>
  experiment === null ? '' : `search ${experiment}${trial === null ? '' : `, trial ${trial}`}`;

const entryText = (entry: LogEntry): string =>
  [entry.at, entry.level, whereText(entry), entry.message].filter((part) => part !== '').join(' ');
