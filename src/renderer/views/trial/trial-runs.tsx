import type { ReactElement } from 'react';
import { Link } from 'wouter';
import type { Trial } from '../../../shared/records/experiment.ts';
import { trialName } from '../../../shared/trial-name.ts';
import { TrialStateMark } from '../../components/states.tsx';
import table from '../../components/table.module.css';
import { duration, FAILURE_WORDS, percentDigits } from '../../components/words.ts';
import { rowKeyOf, trialAddress } from '../../state/row-key.ts';
import { meanOfRuns } from './run-rewards.ts';
import styles from './trial.module.css';
import { useTrialRuns } from './use-trial-runs.ts';

/** The runs of a trial that has several: its own, and those that a person asked for. */
export function TrialRuns({ trial }: { trial: Trial }): ReactElement | null {
  const runs = useTrialRuns(trial);
  if (runs.length < 2) return null;
  const whole = meanOfRuns(runs);
  return (
    <section className={styles.section} aria-label="Runs">
      <h2>Runs</h2>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">State</th>
            <th scope="col" className={table.number}>
              Reward %
            </th>
            <th scope="col" className={table.number}>
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <RunRow key={rowKeyOf(run)} run={run} isShown={run.run === trial.run} />
          ))}
        </tbody>
        {whole === null ? null : (
          <tfoot>
            <tr>
              <th scope="row" colSpan={2}>
                Mean and standard deviation
              </th>
              <td className={table.number}>
                {percentDigits(whole.mean)} ± {percentDigits(whole.deviation)}
              </td>
              <td />
            </tr>
          </tfoot>
        )}
      </table>
    </section>
  );
}

function RunRow({ run, isShown }: { run: Trial; isShown: boolean }): ReactElement {
  const { experiment, state, failure, reward, durationMs, trashedAt } = run;
  // The first says its number as well: beside the others the trial's would not tell it from them.
  const name = run.run === 1 ? `${run.trial}·1` : trialName(run);
  return (
    <tr aria-current={isShown ? 'true' : undefined} className={isShown ? styles.shown : undefined}>
      <th scope="row">
        {isShown ? name : <Link href={trialAddress(experiment, run)}>{name}</Link>}
        {trashedAt === null ? null : <span className={styles.rank}> in the trash</span>}
      </th>
      <td>
        <TrialStateMark state={state} detail={failure === null ? undefined : FAILURE_WORDS[failure]} />
      </td>
      <td className={table.number}>{reward === null ? '–' : percentDigits(reward)}</td>
      <td className={table.number}>{durationMs > 0 ? duration(durationMs) : '–'}</td>
    </tr>
  );
}
