import type { ReactElement } from 'react';
import { factOf } from '../../../shared/hyperparameter-facts.ts';
import type { PresetName } from '../../../shared/presets.ts';
import type { ExperimentConfig } from '../../../shared/records/experiment.ts';
import type { StrategyKind } from '../../../shared/records/strategy.ts';
import { Button } from '../../components/button.tsx';
import form from '../../components/form.module.css';
import table from '../../components/table.module.css';
import { KIND_FACTS, ONE_OF, SOME_OF } from '../../state/config-choices.ts';
import { configValues, valueAt, valueWords } from '../../state/config-values.ts';
import styles from './new-search.module.css';
import type { ValueProps } from './number-field.tsx';

interface HyperparameterTableProps extends ValueProps {
  readonly preset: PresetName;
  /** The values are those of an earlier search, not of the preset. */
  readonly isFromSearch: boolean;
  readonly strategy: StrategyKind;
  /** Paths of the values that were changed by hand. */
  readonly changed: ReadonlySet<string>;
}

/** Every value of the search with its meaning, unit and source; each can be changed. */
export function HyperparameterTable(props: HyperparameterTableProps): ReactElement {
  const { preset, isFromSearch, strategy, standard, draft, changed, problems, onChange, onReset } = props;
  // Whatever is wrong with it, it has the shape of a configuration.
  const values = configValues(draft as ExperimentConfig);
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
          {values.map(({ path, value }) => {
            const fact = factOf(preset, path, strategy) ?? KIND_FACTS[path];
            const problem = problems.get(path);
            return (
              <tr key={path}>
                <th scope="row">
                  <code>{path}</code>
                </th>
                <td className={styles.hyperValue}>
                  <ValueControl path={path} value={value} problem={problem} onChange={onChange} />
                  {fact === undefined || fact.unit === '' || typeof value !== 'number' ? null : (
                    <span className={form.hint}>{fact.unit}</span>
                  )}
                  {problem === undefined ? null : (
                    <p id={`problem-${path}`} className={form.problem}>
                      {problem}
                    </p>
                  )}
                </td>
                <td>{fact?.meaning}</td>
                <td>
                  {changed.has(path) ? (
                    <>
                      changed here{before(valueAt(standard, path))}{' '}
                      <Button kind="quiet" aria-label="Undo this change" onClick={() => onReset(path)}>
                        Undo
                      </Button>
                    </>
                  ) : isOfAnotherKind(valueAt(standard, path), value) ? (
                    'comes with that kind'
                  ) : isFromSearch && !path.startsWith('strategy.') ? (
                    'as that search'
                  ) : (
                    fact?.source
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

/** It is not as it was, although nobody changed it: the kind beside it did. */
const isOfAnotherKind = (was: unknown, value: unknown): boolean =>
  was !== undefined && JSON.stringify(was) !== JSON.stringify(value);

const before = (value: unknown): string =>
  value === undefined || typeof value === 'object' ? '' : `, was ${valueWords(value)}`;

interface ControlProps {
  readonly path: string;
  readonly value: unknown;
  readonly problem: string | undefined;
  readonly onChange: (path: string, value: unknown) => void;
}

function ValueControl(props: ControlProps): ReactElement {
  const { path, value, problem, onChange } = props;
  const told = {
    'aria-label': path,
    'aria-invalid': problem === undefined ? undefined : true,
    'aria-describedby': problem === undefined ? undefined : `problem-${path}`,
  };
  const choices = ONE_OF[path];
  if (choices !== undefined) {
    return (
      <select
        {...told}
        className={form.input}
        value={String(value)}
        onChange={(event) => onChange(path, event.target.value)}
      >
        {choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    );
  }
  const options = SOME_OF[path];
  if (options !== undefined) return <SomeOf {...props} options={options} />;
  if (typeof value === 'boolean') {
    return (
      <label className={styles.alone}>
        <input {...told} type="checkbox" checked={value} onChange={(event) => onChange(path, event.target.checked)} />
      </label>
    );
  }
  // The strategy's kind is chosen above, and cells to begin with come from a trial's page.
  if (typeof value !== 'number')
    return <span>{Array.isArray(value) && value.length === 0 ? 'none' : valueWords(value)}</span>;
  return (
    <input
      {...told}
      type="number"
      step="any"
      className={`${form.input} ${form.number}`}
      value={Number.isNaN(value) ? '' : value}
      onChange={(event) => onChange(path, event.target.valueAsNumber)}
    />
  );
}

function SomeOf({ path, value, onChange, options }: ControlProps & { options: readonly string[] }): ReactElement {
  const chosen: readonly unknown[] = Array.isArray(value) ? value : [];
  return (
    <fieldset className={styles.some} aria-label={path}>
      {options.map((option) => (
        <label key={option}>
          <input
            type="checkbox"
            checked={chosen.includes(option)}
            onChange={({ target: { checked } }) =>
              // In the order of the list, which is the order of the controller's softmax.
              onChange(
                path,
                options.filter((one) => (one === option ? checked : chosen.includes(one))),
              )
            }
          />
          <code>{option}</code>
        </label>
      ))}
    </fieldset>
  );
}
