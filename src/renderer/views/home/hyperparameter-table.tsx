import type { ReactElement } from 'react';
import { factOf } from '../../../shared/hyperparameter-facts.ts';
import type { PresetName } from '../../../shared/presets.ts';
import type { StrategyKind } from '../../../shared/records/strategy.ts';
import form from '../../components/form.module.css';
import table from '../../components/table.module.css';
import { type ConfigValue, configValues, valueWords } from '../../state/config-values.ts';
import styles from './home.module.css';
import type { ValueProps } from './new-search.tsx';

/** Every value of the search with its meaning, unit and source; numbers and switches can be changed. */
export function HyperparameterTable(props: ValueProps & { preset: PresetName; strategy: StrategyKind }): ReactElement {
  const { preset, strategy, standard, changes, onChange } = props;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys too
    <section className={styles.hyperTable} aria-label="All hyper-parameters" tabIndex={0}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Value</th>
            <th scope="col">Meaning</th>
            <th scope="col">Source</th>
          </tr>
        </thead>
        <tbody>
          {configValues(standard).map(({ path, value }) => {
            const fact = factOf(preset, path, strategy);
            const shown = changes.has(path) ? changes.get(path) : value;
            return (
              <tr key={path}>
                <td>
                  <code>{path}</code>
                </td>
                <td className={styles.hyperValue}>
                  <ValueControl path={path} value={shown} onChange={onChange} />
                  <span className={form.hint}>{fact?.unit}</span>
                </td>
                <td>{fact?.meaning}</td>
                <td>{changes.has(path) ? 'changed here' : fact?.source}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function ValueControl({ path, value, onChange }: ConfigValue & Pick<ValueProps, 'onChange'>): ReactElement {
  if (typeof value === 'boolean') {
    return (
      <input
        type="checkbox"
        aria-label={path}
        checked={value}
        onChange={(event) => onChange(path, event.target.checked)}
      />
    );
  }
  if (typeof value !== 'number') return <code>{valueWords(value)}</code>;
  return (
    <input
      type="number"
      step="any"
      aria-label={path}
      className={`${form.input} ${form.number}`}
      value={Number.isNaN(value) ? '' : value}
      onChange={(event) => onChange(path, event.target.valueAsNumber)}
    />
  );
}
