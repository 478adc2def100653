import { lazy, type ReactElement, Suspense, useMemo, useState } from 'react';
import { Link } from 'wouter';
import type { Architecture } from '../../../shared/records/architecture.ts';
import type { Experiment, Trial } from '../../../shared/records/experiment.ts';
import type { NetworkPlan } from '../../../shared/search-space/plan.ts';
import { planNetwork } from '../../../shared/search-space/plan-network.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton, Empty } from '../../components/notices.tsx';
import { percent } from '../../components/words.ts';
import { roundedCount } from '../../graphs/part-words.ts';
import { useMedia } from '../../state/use-media.ts';
import { useAnswer } from '../../state/use-workbench.ts';
import leaderboard from './leaderboard.module.css';
import styles from './search.module.css';
import { compareAddress, MOST_COMPARED, toggleCompared } from './search-view.ts';

const CellGraph = lazy(async () => ({ default: (await import('../../graphs/cell-graph.tsx')).CellGraph }));

interface CellPaneProps {
  readonly experiment: Experiment;
  readonly trial: Trial | null;
  /** Trials that are marked for compare. */
  readonly compare: readonly number[];
  readonly onCompare: (trials: readonly number[]) => void;
}

/** The selected cell: both graphs, with what its parts cost at this search's scale. */
export function CellPane({ experiment, trial, compare, onCompare }: CellPaneProps): ReactElement {
  if (trial === null) return <Empty>No cell yet. The first proposal appears here.</Empty>;
  return (
    <section className={styles.cellPane} aria-label={`Cell of trial ${trial.trial}`}>
      <header className={styles.cellHead}>
        <h2>
          <Link href={`/experiments/${experiment.id}/trials/${trial.trial}`}>Trial {trial.trial}</Link>
        </h2>
        <span className={styles.cellFacts}>
          {trial.reward === null ? trial.state : percent(trial.reward)} · {roundedCount(trial.trainableParameters)}{' '}
          parameters · {roundedCount(trial.multiplyAdds)} mult-adds
        </span>
        {compare.length > 1 ? (
          <Link className={styles.linkButton} href={compareAddress(experiment.id, compare)}>
            Compare {compare.length}
          </Link>
        ) : null}
        <Button
          aria-pressed={compare.includes(trial.trial)}
          title="Mark for compare (Space)"
          disabled={compare.length >= MOST_COMPARED && !compare.includes(trial.trial)}
          onClick={() => onCompare(toggleCompared(compare, trial.trial))}
        >
          {compare.includes(trial.trial) ? 'Unmark' : 'Mark'}
        </Button>
        <CopyButton label="Copy JSON" text={() => JSON.stringify(trial.architecture, null, 2)} />
      </header>
      <CellGraphs experiment={experiment} architecture={trial.architecture} />
    </section>
  );
}

/** Normal above Reduction; one of them by a switch where the window is low. */
export function CellGraphs(props: { experiment: Experiment; architecture: Architecture }): ReactElement {
  const { experiment, architecture } = props;
  const plan = usePlan(experiment, architecture);
  const isLow = useMedia('(max-height: 759px)');
  const [kind, setKind] = useState<'normal' | 'reduction'>('normal');
  const kinds = isLow ? [kind] : (['normal', 'reduction'] as const);
  return (
    <div className={styles.graphs}>
      {isLow ? (
        <div className={leaderboard.tools}>
          <div className={leaderboard.switch}>
            {(['normal', 'reduction'] as const).map((one) => (
              <button key={one} type="button" aria-pressed={kind === one} onClick={() => setKind(one)}>
                {one === 'normal' ? 'Normal' : 'Reduction'}
              </button>
            ))}
          </div>
        </div>
      ) : null}
      <Suspense fallback={null}>
        {kinds.map((one) => (
          <div key={one} className={styles.graphBox}>
            <CellGraph cell={architecture[one]} kind={one} plan={plan} />
          </div>
        ))}
      </Suspense>
    </div>
  );
}

/** The child as this search builds it; undefined until the data set's size is known. */
export function usePlan({ config }: Experiment, architecture: Architecture): NetworkPlan | undefined {
  const datasets = useAnswer('dataset.list', {});
  const dataset = datasets.kind === 'ready' ? datasets.value.find(({ name }) => name === config.dataset) : undefined;
  const { scale } = config;
  const imageSize = dataset?.imageSize.height;
  const classes = dataset?.classes.length;
  return useMemo(
    () =>
      imageSize === undefined || classes === undefined
        ? undefined
        : planNetwork(architecture, { ...scale, imageSize, classes }),
    [architecture, scale, imageSize, classes],
  );
}
