import { type ReactElement, useMemo } from 'react';
import type { LogEntry } from '../../../shared/records/log.ts';
import { Moment } from '../../components/moment.tsx';
import { CopyButton, ErrorPanel } from '../../components/notices.tsx';
import { useAnswer, useLog } from '../../state/use-workbench.ts';
import { mergedLog } from './log-entries.ts';
import styles from './trial.module.css';

/** Entries that are read; a trial has a few for each attempt (ours). */
const SHOWN = 500;

/** What was told of this trial, and what is told of it now. */
export function TrialLog({ experiment, trial }: { experiment: number; trial: number }): ReactElement {
  const stored = useAnswer('log.list', { experiment, trial, limit: SHOWN });
  const all = useLog();
  const entries = useMemo(() => {
    const live = all.filter((entry) => entry.experiment === experiment && entry.trial === trial);
    return mergedLog(stored.kind === 'ready' ? stored.value : [], live);
  }, [stored, all, experiment, trial]);
  return (
    <section className={styles.section} aria-label="Log">
      <div className={styles.sectionHead}>
        <h2>Log</h2>
        {entries.length === 0 ? null : <CopyButton label="Copy log" text={() => entries.map(lineOf).join('\n')} />}
      </div>
      {stored.kind === 'failed' ? <ErrorPanel message={stored.error.message} onRetry={stored.retry} /> : null}
      {entries.length === 0 && stored.kind === 'ready' ? <p>Nothing was told of this trial.</p> : null}
      <ol className={styles.log}>
        {entries.map((entry) => (
          <li key={lineOf(entry)} className={styles[entry.level]}>
            <code>
              <Moment at={entry.at} isExact /> {wordsOf(entry)}
            </code>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** As it is copied: away from the page a time needs its zone. */
const lineOf = (entry: LogEntry): string => `${entry.at}  ${wordsOf(entry)}`;

const wordsOf = ({ level, message }: LogEntry): string => `${level === 'info' ? '' : `${level}: `}${message}`;
