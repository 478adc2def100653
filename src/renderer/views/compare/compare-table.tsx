import { type ReactElement, useMemo } from 'react';
import type { Trial } from '../../../shared/records/experiment.ts';
import { trialName } from '../../../shared/trial-name.ts';
import table from '../../components/table.module.css';
import { rowKeyOf } from '../../state/row-key.ts';
import styles from './compare.module.css';
import { differingValues } from './compare-values.ts';

/** The values that differ, a column a trial. */
export function CompareTable({ trials }: { trials: readonly Trial[] }): ReactElement {
  const differing = useMemo(() => differingValues(trials), [trials]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys too
    <section className={table.scroll} aria-label="Values that differ" tabIndex={0}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">Differs</th>
            {trials.map((trial) => (
              <th key={rowKeyOf(trial)} scope="col" className={table.number}>
                Trial {trialName(trial)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {differing.map(({ name, words, isNumber }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {trials.map((trial, index) => (
                <td key={rowKeyOf(trial)} className={isNumber ? table.number : styles.words}>
                  <bdi>{words[index]}</bdi>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {differing.length === 0 ? <p className={styles.same}>Nothing differs but the number of the trial.</p> : null}
    </section>
  );
}
