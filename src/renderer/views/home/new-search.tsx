import { type ReactElement, useMemo, useRef, useState } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import type { PresetName } from '../../../shared/presets.ts';
import type { Dataset } from '../../../shared/records/dataset.ts';
import type { StrategyKind } from '../../../shared/records/strategy.ts';
import { searchNotes } from '../../../shared/search-space/child-scale.ts';
import { Button } from '../../components/button.tsx';
import { Field } from '../../components/field.tsx';
import form from '../../components/form.module.css';
import { Empty, ErrorPanel } from '../../components/notices.tsx';
import { SkeletonRows } from '../../components/skeletons.tsx';
import { STRATEGY_WORDS } from '../../components/words.ts';
import { parseRowKey, type RowKey, rowName } from '../../state/row-key.ts';
import { useAction, useAnswer, useExperiments, useSession } from '../../state/use-workbench.ts';
import { useWriting } from '../../state/use-writing.ts';
import { HyperparameterTable } from './hyperparameter-table.tsx';
import styles from './new-search.module.css';
import { PresetChoice, StrategyChoice } from './new-search-choices.tsx';
import { NumberField } from './number-field.tsx';
import { changedPaths, draftOf, type Origin, readNewSearch, standardSearch, usesOrigin } from './search-draft.ts';
import { SearchEstimatePanel } from './search-estimate.tsx';

/** A search is described by a preset and what differs from it. */
export function NewSearchScreen(): ReactElement {
  const [params] = useSearchParams();
  const { from } = readNewSearch(params);
  const datasets = useAnswer('dataset.list', {});
  return (
    <div className={styles.screen}>
      <div className={styles.column}>
        <h1>New search</h1>
        {datasets.kind === 'failed' ? <ErrorPanel message={datasets.error.message} onRetry={datasets.retry} /> : null}
        {datasets.kind === 'loading' ? <SkeletonRows count={4} height={72} /> : null}
        {datasets.kind === 'ready' && datasets.value.length === 0 ? (
          <Empty actions={<a href="/">Home</a>}>A search needs a data set. Start with CIFAR-10 on Home.</Empty>
        ) : null}
        {datasets.kind === 'ready' && datasets.value.length > 0 ? (
          from === null ? (
            <NewSearch datasets={datasets.value} origin={null} />
          ) : (
            <FromTrial datasets={datasets.value} {...from} />
          )
        ) : null}
      </div>
    </div>
  );
}

function FromTrial(props: { datasets: readonly Dataset[]; experiment: number; row: RowKey }): ReactElement {
  const { datasets, experiment, row } = props;
  const found = useAnswer('trial.get', { experiment, ...parseRowKey(row) });
  const experiments = useExperiments();
  if (found.kind === 'failed') return <ErrorPanel message={found.error.message} onRetry={found.retry} />;
  const config = experiments.kind === 'ready' ? experiments.value.get(experiment)?.config : undefined;
  if (found.kind === 'loading' || config === undefined) return <SkeletonRows count={4} height={72} />;
  return <NewSearch datasets={datasets} origin={{ row, architecture: found.value.architecture, config }} />;
}

function NewSearch({ datasets, origin }: { datasets: readonly Dataset[]; origin: Origin | null }): ReactElement {
  const session = useSession();
  const action = useAction();
  const writing = useWriting();
  const [, navigate] = useLocation();
  const [params, setParams] = useSearchParams();
  const [edits, setEdits] = useState<ReadonlyMap<string, unknown>>(new Map());
  const [isChecked, setIsChecked] = useState(false);
  const element = useRef<HTMLFormElement>(null);
  const address = readNewSearch(params);
  const preset = address.preset ?? (origin === null ? 'quick' : null);
  const strategy = address.strategy ?? (origin === null ? 'ppo' : 'evolution');
  const wanted = address.dataset ?? origin?.config.dataset;
  const chosen = datasets.find(({ name }) => name === wanted) ?? datasets[0];
  const dataset = chosen?.name ?? '';
  const standard = useMemo(
    () => standardSearch({ preset, strategy, dataset, origin }),
    [preset, strategy, dataset, origin],
  );
  const { config, draft, problems } = useMemo(() => draftOf(standard, edits), [standard, edits]);
  const choose = (name: string, value: PresetName | StrategyKind | string | null): void =>
    setParams(
      (now) => {
        const next = new URLSearchParams(now);
        if (value === null) next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  const edit = (path: string, value: unknown): void => setEdits((was) => new Map(was).set(path, value));
  const reset = (path: string): void => setEdits((was) => new Map([...was].filter(([other]) => other !== path)));
  const start = async (): Promise<void> => {
    setIsChecked(true);
    if (config === null) {
      focusFirstProblem(element.current, [...problems.keys()]);
      return;
    }
    await action.run(async () => {
      const { id } = await session.call('experiment.create', { config });
      navigate(`/experiments/${id}`);
    });
  };
  const images = datasets.find((candidate) => candidate.name === dataset);
  const notes = config === null || images === undefined ? [] : searchNotes(config.scale, images);
  const changed = useMemo(() => changedPaths(standard, draft, edits), [standard, draft, edits]);
  const values = { standard, draft, problems, onChange: edit, onReset: reset };
  const name = edits.get('name') ?? standard.name;
  return (
    <form
      ref={element}
      className={styles.form}
      // Values are checked by the schema, which says more than the browser.
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      {origin === null ? null : <OriginNote origin={origin} strategy={strategy} />}
      <PresetChoice value={preset} origin={origin} dataset={chosen} onChange={(value) => choose('preset', value)} />
      <StrategyChoice value={strategy} onChange={(value) => choose('strategy', value)} />
      <div className={form.form}>
        <Field label="Name" problem={problems.get('name')}>
          {(ids) => (
            <input
              {...ids}
              className={form.input}
              value={String(name)}
              maxLength={200}
              onChange={(event) => edit('name', event.target.value)}
            />
          )}
        </Field>
        <Field label="Data set" hint={notes.length === 0 ? undefined : notes.join(' ')}>
          {(ids) => (
            <select
              {...ids}
              className={form.input}
              value={dataset}
              onChange={(event) => choose('dataset', event.target.value)}
            >
              {datasets.map(({ name: value, title }) => (
                <option key={value} value={value}>
                  {title}
                </option>
              ))}
            </select>
          )}
        </Field>
        <NumberField label="Trials" path="budget.trials" {...values} />
        <NumberField label="Trials at once" path="trialsAtOnce" {...values} />
        <NumberField
          label="Time limit in hours"
          hint="0 is no limit."
          path="budget.timeLimitMs"
          scale={3_600_000}
          {...values}
        />
        <NumberField label="Seed" hint="The same seed gives the same search." path="seed" {...values} />
      </div>
      <details className={styles.hyper}>
        <summary>All hyper-parameters{changed.size > 0 ? `, ${changed.size} changed` : ''}</summary>
        <HyperparameterTable
          preset={preset ?? 'quick'}
          isFromSearch={preset === null}
          strategy={strategy}
          changed={changed}
          {...values}
        />
      </details>
      <SearchEstimatePanel config={config} />
      <div className={styles.actions}>
        <Button type="submit" kind="primary" isBusy={action.isBusy} {...writing}>
          Start search
        </Button>
        <Button onClick={() => navigate('/')}>Cancel</Button>
        <WhyNot problems={isChecked ? problems : NO_PROBLEMS} refusal={action.error?.message} />
      </div>
    </form>
  );
}

function OriginNote({ origin, strategy }: { origin: Origin; strategy: StrategyKind }): ReactElement {
  const cell = (
    <>
      the cell of trial {rowName(origin.row)} of <bdi>{origin.config.name}</bdi>
    </>
  );
  return (
    <p className={styles.origin}>
      {usesOrigin(strategy) ? (
        <>It begins with {cell}, which evolution changes step by step.</>
      ) : (
        <>
          {STRATEGY_WORDS[strategy]} does not use {cell}: it finds cells of its own. {STRATEGY_WORDS.evolution} would
          begin with it.
        </>
      )}
    </p>
  );
}

/** To the control that has to change first; what is folded away opens. */
function focusFirstProblem(form: HTMLFormElement | null, paths: readonly string[]): void {
  const field = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
  const row = paths.map((path) => form?.querySelector(`[aria-label="${path}"]`)).find(Boolean);
  const details = (field ?? row)?.closest('details');
  if (details) details.open = true;
  if (field) field.focus();
  else row?.querySelector<HTMLElement>('input')?.focus();
}

const NO_PROBLEMS: ReadonlyMap<string, string> = new Map();

/** Beside the button, where it is seen wherever the form stands. */
function WhyNot(props: { problems: ReadonlyMap<string, string>; refusal: string | undefined }): ReactElement | null {
  const { problems, refusal } = props;
  const [first] = problems;
  if (first === undefined && refusal === undefined) return null;
  const more = problems.size > 1 ? ` And ${problems.size - 1} more.` : '';
  return (
    <p className={styles.whyNot} role="alert">
      {first === undefined ? (
        refusal
      ) : (
        <>
          <code>{first[0]}</code> {first[1]}
          {more}
        </>
      )}
    </p>
  );
}
