import { type ReactElement, useMemo, useState } from 'react';
import type { SearchSpace } from '../../shared/records/architecture.ts';
import type { UpdateReport } from '../../shared/records/controller.ts';
import { decisionPlaces } from '../../shared/search-space/decisions.ts';
import { percent } from '../components/words.ts';
import { decisionWords, heatColumns, heatLevel, optionWords, relativeEntropies } from './policy-decisions.ts';
import styles from './policy-map.module.css';

/** One decision's softmax over time, chosen from a strip of all decisions shaded by how decided they are. */
export function PolicyMap(props: { space: SearchSpace; updates: readonly UpdateReport[] }): ReactElement | null {
  const { space, updates } = props;
  const [chosen, setChosen] = useState(2);
  const places = useMemo(() => decisionPlaces(space), [space]);
  const entropies = useMemo(() => relativeEntropies(updates), [updates]);
  const columns = useMemo(() => heatColumns(updates, chosen), [updates, chosen]);
  const place = places[chosen];
  if (place === undefined) return null;
  return (
    <section className={styles.map} aria-label="Decisions of the controller">
      <h3>Probability of each option: {decisionWords(place)}</h3>
      <div className={styles.strip}>
        {places.map((one, index) => {
          const entropy = entropies[index] ?? 1;
          const words = `${decisionWords(one)}, entropy ${percent(entropy)} of the largest`;
          return (
            <button
              key={words}
              type="button"
              title={words}
              aria-label={words}
              aria-pressed={index === chosen}
              className={`${styles.tile} ${styles[`heat${heatLevel(1 - entropy)}`]} ${index % 5 === 0 ? styles.first : ''}`}
              onClick={() => setChosen(index)}
            />
          );
        })}
      </div>
      <table className={styles.heat}>
        <caption className="visually-hidden">Mean probability of each option, a column an update</caption>
        <tbody>
          {optionWords(space, place).map((option, row) => (
            <tr key={option}>
              <th scope="row">{option}</th>
              {columns.map(({ from, to, probabilities }) => {
                const part = probabilities[row] ?? 0;
                const updatesWords = from === to ? `update ${from}` : `updates ${from} to ${to}`;
                return (
                  <td
                    key={from}
                    className={styles[`heat${heatLevel(part)}`]}
                    title={`${updatesWords}: ${option} ${percent(part)}`}
                  >
                    <span className="visually-hidden">{percent(part)}</span>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
