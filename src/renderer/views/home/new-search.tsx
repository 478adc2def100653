import { type ReactElement, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { PRESET_NAMES, PRESETS, type PresetName } from '../../../shared/presets.ts';
import type { Dataset } from '../../../shared/records/dataset.ts';
import { type ExperimentConfig, experimentConfigSchema } from '../../../shared/records/experiment.ts';
import { STRATEGY_KINDS, type StrategyKind } from '../../../shared/records/strategy.ts';
import { WorkbenchError } from '../../../shared/workbench-error.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import form from '../../components/form.module.css';
import { STRATEGY_WORDS } from '../../components/words.ts';
import { withValues } from '../../state/config-values.ts';
import { useAction, useSession } from '../../state/use-workbench.ts';
import styles from './home.module.css';
import { HyperparameterTable } from './hyperparameter-table.tsx';

interface NewSearchProps {
  readonly datasets: readonly Dataset[];
  /** The one to begin with. */
  readonly dataset: string;
  readonly onClose: () => void;
}

/** A search is described by a preset and what differs from it. */
export function NewSearch({ datasets, dataset: first, onClose }: NewSearchProps): ReactElement {
  const session = useSession();
  const action = useAction();
  const [, navigate] = useLocation();
  const [dataset, setDataset] = useState(first);
  const [preset, setPreset] = useState<PresetName>('quick');
  const [strategy, setStrategy] = useState<StrategyKind>('ppo');
  const [name, setName] = useState<string | null>(null);
  const [changes, setChanges] = useState<ReadonlyMap<string, unknown>>(new Map());
  const standard = useMemo(
    (): ExperimentConfig => ({
      ...PRESETS[preset].config,
      name: `${preset} ${strategy} on ${dataset}`,
      dataset,
      preset,
      strategy: PRESETS[preset].strategies[strategy],
    }),
    [preset, strategy, dataset],
  );
  const change = (path: string, value: unknown): void => setChanges((was) => new Map(was).set(path, value));
  const start = async (): Promise<void> => {
    await action.run(async () => {
      const config = parseConfig(withValues({ ...standard, name: name ?? standard.name }, changes));
      const { id } = await session.call('experiment.create', { config });
      navigate(`/experiments/${id}`);
    });
  };
  const numbers = { standard, changes, onChange: change };
  return (
    <Dialog
      title="New search"
      isWide
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" isBusy={action.isBusy} onClick={() => void start()}>
            Start search
          </Button>
        </>
      }
    >
      <div className={form.form}>
        <Choice
          label="Preset"
          value={preset}
          options={PRESET_NAMES.map((value) => [value, value])}
          hint={PRESETS[preset].summary}
          isWide
          onChange={setPreset}
        />
        <Choice
          label="Data set"
          value={dataset}
          options={datasets.map(({ name: value, title }) => [value, title])}
          onChange={setDataset}
        />
        <Choice
          label="Strategy"
          value={strategy}
          options={STRATEGY_KINDS.map((value) => [value, STRATEGY_WORDS[value]])}
          onChange={setStrategy}
        />
        <Field label="Name">
          {(ids) => (
            <input
              {...ids}
              className={form.input}
              value={name ?? standard.name}
              maxLength={200}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <NumberField label="Trials" path="budget.trials" {...numbers} />
        <NumberField label="Trials at once" path="trialsAtOnce" {...numbers} />
        <NumberField label="Seed" path="seed" {...numbers} />
      </div>
      <details className={styles.hyper}>
        <summary>All hyper-parameters{changes.size > 0 ? `, ${changes.size} changed` : ''}</summary>
        <HyperparameterTable preset={preset} strategy={strategy} {...numbers} />
      </details>
      {action.error === null ? null : (
        <p className={styles.problem} role="alert">
          {action.error.message}
        </p>
      )}
    </Dialog>
  );
}

/** Refuses in a sentence that names the value. */
function parseConfig(config: unknown): ExperimentConfig {
  const parsed = experimentConfigSchema.safeParse(config);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new WorkbenchError(
    'invalid_input',
    `${issue?.path.join('.') || 'The search'}: ${issue?.message ?? 'invalid'}.`,
  );
}

function Choice<T extends string>(props: {
  label: string;
  value: T;
  options: readonly (readonly [T, string])[];
  hint?: string;
  isWide?: boolean;
  onChange: (value: T) => void;
}): ReactElement {
  const { label, value, options, hint, isWide = false, onChange } = props;
  return (
    <Field label={label} hint={hint} isWide={isWide}>
      {(ids) => (
        <select
          {...ids}
          className={form.input}
          value={value}
          onChange={(event) => {
            const chosen = options.find(([known]) => known === event.target.value);
            if (chosen !== undefined) onChange(chosen[0]);
          }}
        >
          {options.map(([known, words]) => (
            <option key={known} value={known}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export interface ValueProps {
  readonly standard: ExperimentConfig;
  readonly changes: ReadonlyMap<string, unknown>;
  readonly onChange: (path: string, value: unknown) => void;
}

function NumberField({ label, path, standard, changes, onChange }: ValueProps & { label: string; path: string }) {
  const preset = path.split('.').reduce<unknown>((part, key) => (part as Record<string, unknown>)[key], standard);
  const value = changes.get(path) ?? preset;
  return (
    <Field label={label}>
      {(ids) => (
        <input
          {...ids}
          type="number"
          className={`${form.input} ${form.number}`}
          value={Number.isNaN(value) ? '' : String(value)}
          min={1}
          onChange={(event) => onChange(path, event.target.valueAsNumber)}
        />
      )}
    </Field>
  );
}
