import type { ReactElement } from 'react';
import { factOf } from '../../../shared/hyperparameter-facts.ts';
import { PRESET_NAMES } from '../../../shared/presets.ts';
import type { ExperimentConfig } from '../../../shared/records/experiment.ts';
import { CopyButton } from '../../components/notices.tsx';
import table from '../../components/table.module.css';
import { configValues, valueWords } from '../../state/config-values.ts';
import styles from './trial.module.css';

/** Everything that the trial's result depends on, with what it means. */
export function TrialConfig({ config }: { config: ExperimentConfig }): ReactElement {
  const preset = PRESET_NAMES.find((name) => name === config.preset) ?? 'paper';
  const named = [
    { path: 'name', value: config.name },
    { path: 'dataset', value: config.dataset },
    { path: 'preset', value: config.preset },
  ];
  return (
    <section className={styles.section} aria-label="Configuration">
      <div className={styles.sectionHead}>
        <h2>Configuration</h2>
        <CopyButton label="Copy configuration" text={() => JSON.stringify(config, null, 2)} />
      </div>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Value</th>
            <th scope="col">Meaning</th>
          </tr>
        </thead>
        <tbody>
          {[...named, ...configValues(config)].map(({ path, value }) => {
            const fact = factOf(preset, path, config.strategy.kind);
            return (
              <tr key={path}>
                <th scope="row">
                  <code>{path}</code>
                </th>
                <td className={styles.value}>
                  <bdi>{valueWords(value)}</bdi> {typeof value === 'number' ? fact?.unit : null}
                </td>
                <td className={styles.sentence}>{fact?.meaning}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
