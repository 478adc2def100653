import type { ReactElement } from 'react';
import { clockTime } from '../../components/words.ts';
import { useLog } from '../../state/use-workbench.ts';
import styles from './trial.module.css';

/** What was told of this trial since the page was opened. */
export function TrialLog({ experiment, trial }: { experiment: number; trial: number }): ReactElement | null {
  const entries = useLog().filter((entry) => entry.experiment === experiment && entry.trial === trial);
  if (entries.length === 0) return null;
  return (
    <section className={styles.log} aria-label="Log">
      <h3>Log</h3>
      <ul>
        {entries.map(({ at, message }) => (
          <li key={`${at} ${message}`}>
            <code>
              {clockTime(new Date(at))} {message}
            </code>
          </li>
        ))}
      </ul>
    </section>
  );
}
