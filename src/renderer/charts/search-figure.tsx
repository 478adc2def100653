import { type ReactElement, useMemo } from 'react';
import type { Experiment } from '../../shared/records/experiment.ts';
import type { SearchCurve } from '../../shared/records/leaderboard.ts';
import { Button } from '../components/button.tsx';
import { useResultsRevision } from '../state/leaderboard-revision.ts';
import { useFreshAnswer } from '../state/use-fresh-answer.ts';
import { type Loaded, useAction, useExperiments, useSession, useStatus } from '../state/use-workbench.ts';
import { runsLike, twinOf } from './beside.ts';
import { ChartFailures } from './chart-failures.tsx';
import { readingOf } from './chart-reading.ts';
import styles from './chart-tools.module.css';
import { LineChart } from './line-chart.tsx';
import { type SearchRun, searchChart } from './search-chart.ts';
import { useChartParameter } from './use-chart-options.ts';

const NO_EXPERIMENTS: ReadonlyMap<number, Experiment> = new Map();

/** The paper's figure 6 of a search, with its random twin and, when asked, another search beside it. */
export function SearchFigure({ experiment }: { experiment: Experiment }): ReactElement {
  const loaded = useExperiments();
  const all = loaded.kind === 'ready' ? loaded.value : NO_EXPERIMENTS;
  const [text, write] = useChartParameter('beside');
  const twin = useMemo(() => twinOf(experiment, all.values()), [experiment, all]);
  const other = all.get(Number(text)) ?? null;
  const isOther = other !== null && other.id !== experiment.id && other.id !== twin?.id;
  const read = [
    useRun(experiment, ''),
    useRun(twin, twin?.config.strategy.kind === 'random' ? 'random' : `search ${twin?.id}`),
    useRun(isOther ? other : null, `search ${other?.id}`),
  ];
  const [own, twinRun, otherRun] = read.map(({ run }) => run);
  const { failures } = readingOf(read.map(({ answer }) => answer));
  const shown = useMemo(
    () => [own, twinRun, otherRun].filter((run) => run !== null && run !== undefined),
    [own, twinRun, otherRun],
  );
  const planned = Math.max(...[experiment, twin, isOther ? other : null].map((one) => one?.config.budget.trials ?? 0));
  const data = useMemo(() => searchChart(shown, planned), [shown, planned]);
  return (
    <div className={styles.wide}>
      <LineChart
        data={data}
        empty={own === null ? undefined : 'No reward yet. The first point comes with the first finished trial.'}
        note={failures.length === 0 ? undefined : <ChartFailures failures={failures} />}
        controls={
          <>
            <TwinNote experiment={experiment} twin={twin} all={all} />
            <BesideChoice
              experiment={experiment}
              twin={twin}
              all={all}
              chosen={isOther ? String(other.id) : ''}
              onChoose={(id) => write(id === '' ? null : id)}
            />
          </>
        }
      />
    </div>
  );
}

interface ReadRun {
  /** Null where there is no such search, or its curve is not here. */
  readonly run: SearchRun | null;
  readonly answer: Loaded<SearchCurve>;
}

function useRun(experiment: Experiment | null, name: string): ReadRun {
  const id = experiment?.id ?? 0;
  const isRandom = experiment?.config.strategy.kind === 'random';
  const input = id === 0 ? null : { experiment: id };
  const answer = useFreshAnswer('experiment.curve', input, useResultsRevision(id), id);
  const curve = answer.kind === 'ready' && id !== 0 ? answer.value : null;
  const run = useMemo((): SearchRun | null => {
    if (curve === null) return null;
    const kind = name === '' ? 'own' : isRandom ? 'random' : 'other';
    return { name, kind, curve };
  }, [curve, name, isRandom]);
  return { run, answer };
}

interface BesideProps {
  readonly experiment: Experiment;
  readonly twin: Experiment | null;
  readonly all: ReadonlyMap<number, Experiment>;
}

function TwinNote({ experiment, twin, all }: BesideProps): ReactElement | null {
  const session = useSession();
  const isConnected = useStatus().kind === 'connected';
  const { run, isBusy, error } = useAction();
  if (twin !== null) {
    const isRepeated = Math.min(runsLike(experiment, all.values()), runsLike(twin, all.values())) > 1;
    return isRepeated ? null : <span>One run each.</span>;
  }
  // The twin of a random search would be the same search again.
  if (experiment.config.strategy.kind === 'random') return null;
  return (
    <>
      <span>No twin yet.</span>
      <Button
        isBusy={isBusy}
        disabled={!isConnected}
        title={isConnected ? undefined : 'Not possible while the workbench does not answer'}
        onClick={() => void run(() => session.call('experiment.twin', { experiment: experiment.id }))}
      >
        Start a random search with the same budget
      </Button>
      {error === null ? null : (
        <span className={styles.problem} role="alert">
          {error.message}
        </span>
      )}
    </>
  );
}

function BesideChoice(
  props: BesideProps & { readonly chosen: string; readonly onChoose: (id: string) => void },
): ReactElement | null {
  const { experiment, twin, all, chosen, onChoose } = props;
  const others = [...all.values()].filter(({ id }) => id !== experiment.id && id !== twin?.id);
  if (others.length === 0) return null;
  return (
    <label className={styles.field}>
      Beside it
      <select value={chosen} onChange={({ target }) => onChoose(target.value)}>
        <option value="">no other search</option>
        {others.map(({ id, config }) => (
          <option key={id} value={id}>
            {`${id} \u2068${config.name}\u2069`}
          </option>
        ))}
      </select>
    </label>
  );
}
