import { type ReactElement, useEffect } from 'react';
import type { Trial } from '../../../shared/records/experiment.ts';
import type { Attempt } from '../../../shared/records/log.ts';
import { Moment } from '../../components/moment.tsx';
import { ErrorPanel } from '../../components/notices.tsx';
import table from '../../components/table.module.css';
import { duration } from '../../components/words.ts';
import { useAnswer } from '../../state/use-workbench.ts';
import styles from './trial.module.css';
import { attemptsOf } from './trial-times.ts';

/** Each try to train the trial, and how it ended. */
export function TrialAttempts({ trial }: { trial: Trial }): ReactElement | null {
  const attempts = useAnswer('trial.attempts', attemptsOf(trial));
  const { again } = attempts;
  const standing = `${trial.attempts} ${trial.state} ${trial.reducedBatchSize}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try, or an end, is news
  useEffect(() => again(), [standing, again]);
  if (attempts.kind === 'failed') return <ErrorPanel message={attempts.error.message} onRetry={attempts.retry} />;
  if (attempts.kind === 'loading') return null;
  return (
    <section className={styles.section} aria-label="Attempts">
      <h2>Attempts</h2>
      {attempts.value.length === 0 ? <p>{noAttemptWords(trial)}</p> : <AttemptTable attempts={attempts.value} />}
    </section>
  );
}

function noAttemptWords({ reusedFrom, state }: Trial): string {
  if (reusedFrom !== null) return 'None: the reward is reused, nothing was trained.';
  return state === 'queued' ? 'None yet: it waits for a trainer.' : 'None: it ended before a trainer took it.';
}

function AttemptTable({ attempts }: { attempts: readonly Attempt[] }): ReactElement {
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th scope="col" className={table.number}>
            #
          </th>
          <th scope="col">Begun</th>
          <th scope="col" className={table.number}>
            Took
          </th>
          <th scope="col" className={table.number}>
            Batch
          </th>
          <th scope="col">End</th>
        </tr>
      </thead>
      <tbody>
        {attempts.map(({ attempt, startedAt, endedAt, batchSize, end }) => (
          <tr key={attempt}>
            <th scope="row" className={table.number}>
              {attempt}
            </th>
            <td className={table.whole}>
              <Moment at={startedAt} isExact />
            </td>
            <td className={table.number}>
              {endedAt === null ? '–' : duration(Date.parse(endedAt) - Date.parse(startedAt))}
            </td>
            <td className={table.number}>{batchSize ?? '–'}</td>
            <td className={styles.sentence}>{end ?? 'under way'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
