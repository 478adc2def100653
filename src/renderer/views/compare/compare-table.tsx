import type { ReactElement } from 'react';
import type { Trial } from '../../../shared/records/experiment.ts';
import table from '../../components/table.module.css';
import { duration, percent } from '../../components/words.ts';
import { countWords } from '../../graphs/part-words.ts';

const VALUES: readonly (readonly [string, (trial: Trial) => string])[] = [
  ['Reward', ({ reward }) => (reward === null ? '–' : percent(reward))],
  ['Best', ({ bestAccuracy }) => (bestAccuracy === null ? '–' : percent(bestAccuracy))],
  ['Parameters', ({ trainableParameters }) => countWords(trainableParameters)],
  ['Multiply-adds', ({ multiplyAdds }) => countWords(multiplyAdds)],
  ['Trained for', ({ durationMs }) => duration(durationMs)],
  ['State', ({ state }) => state],
  ['Origin', ({ origin }) => origin],
  ['Attempts', ({ attempts }) => String(attempts)],
];

/** The values that differ, a column a trial. */
export function CompareTable({ trials }: { trials: readonly Trial[] }): ReactElement {
  const differing = VALUES.filter(([, words]) => new Set(trials.map(words)).size > 1);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys too
    <section className={table.scroll} aria-label="Values that differ" tabIndex={0}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">Differs</th>
            {trials.map(({ trial }) => (
              <th key={trial} scope="col" className={table.number}>
                Trial {trial}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {differing.map(([name, words]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {trials.map((trial) => (
                <td key={trial.trial} className={table.number}>
                  {words(trial)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
