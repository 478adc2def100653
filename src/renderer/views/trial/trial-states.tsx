import type { ReactElement } from 'react';
import type { Trial } from '../../../shared/records/experiment.ts';
import { Moment } from '../../components/moment.tsx';
import { TrialStateMark } from '../../components/states.tsx';
import table from '../../components/table.module.css';
import { duration } from '../../components/words.ts';
import { useAnswer } from '../../state/use-workbench.ts';
import styles from './trial.module.css';
import { attemptsOf, isQueuedAgain, type TrialStep, trialSteps } from './trial-times.ts';

/** The states that the trial went through, with when and for how long. */
export function TrialStates({ trial }: { trial: Trial }): ReactElement {
  // When it was queued again stands with its attempts alone. A key for each pause: an answer is read once.
  return isQueuedAgain(trial) ? (
    <AgainStates key={trial.attempts} trial={trial} />
  ) : (
    <StatesTable steps={trialSteps(trial)} />
  );
}

function AgainStates({ trial }: { trial: Trial }): ReactElement {
  const attempts = useAnswer('trial.attempts', attemptsOf(trial));
  return <StatesTable steps={trialSteps(trial, attempts.kind === 'ready' ? attempts.value : [])} />;
}

function StatesTable({ steps }: { steps: readonly TrialStep[] }): ReactElement {
  const last = steps.length - 1;
  return (
    <section className={styles.section} aria-label="States">
      <h2>States</h2>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Since</th>
            <th scope="col" className={table.number}>
              For
            </th>
          </tr>
        </thead>
        <tbody>
          {steps.map(({ state, at, stayedMs }, index) => (
            <tr key={`${state} ${at}`}>
              <td>{index === last ? <TrialStateMark state={state} /> : state}</td>
              <td className={table.whole}>{at === null ? '–' : <Moment at={at} isExact />}</td>
              <td className={table.number}>{stayedMs === null ? '–' : duration(stayedMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
