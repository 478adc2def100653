import type { ReactElement } from 'react';
import type { Trial } from '../../../shared/records/experiment.ts';
import { TrialStateMark } from '../../components/states.tsx';
import table from '../../components/table.module.css';
import { clockTime, duration, moment } from '../../components/words.ts';
import styles from './trial.module.css';
import { trialSteps } from './trial-times.ts';

/** `2026-01-31 14:25:07`. */
export function momentWords(iso: string): string {
  return `${moment(iso).slice(0, 10)} ${clockTime(new Date(iso))}`;
}

/** The states that the trial went through, with when and for how long. */
export function TrialStates({ trial }: { trial: Trial }): ReactElement {
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
          {trialSteps(trial).map(({ state, at, stayedMs }) => (
            <tr key={`${state} ${at}`}>
              <td>{stayedMs === null ? <TrialStateMark state={state} /> : state}</td>
              <td className={table.whole}>{momentWords(at)}</td>
              <td className={table.number}>{stayedMs === null ? '–' : duration(stayedMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
