import type { ReactElement } from 'react';
import type { Experiment } from '../../../shared/records/experiment.ts';
import { Button } from '../../components/button.tsx';
import { Empty, ErrorPanel } from '../../components/notices.tsx';
import { SkeletonAxes, SkeletonGraphs, SkeletonRows } from '../../components/skeletons.tsx';
import { useSelectedTrial } from '../../state/selected-trial.ts';
import { type Loaded, useExperiment, useTrial } from '../../state/use-workbench.ts';
import { CellPane } from './cell-pane.tsx';
import { CellWindow } from './cell-pane-window.tsx';
import { ControllerPane } from './controller-pane.tsx';
import { CurvesPane } from './curves-pane.tsx';
import { Leaderboard } from './leaderboard.tsx';
import { OperationsPane } from './operations-pane.tsx';
import { ProgressLine } from './progress-line.tsx';
import { ScatterPane } from './scatter-pane.tsx';
import styles from './search.module.css';
import { SearchLayout } from './search-layout.tsx';
import { type SearchTab, useSearchView } from './search-view.ts';

/** One search: what was found, how it is going and why. */
export function SearchScreen({ id }: { id: number }): ReactElement {
  const experiment = useExperiment(id);
  if (experiment.kind === 'failed') return <ErrorPanel message={experiment.error.message} onRetry={experiment.retry} />;
  if (experiment.kind === 'loading') return <SkeletonRows count={12} height={40} />;
  if (experiment.value.experiment === null) {
    return <Empty actions={<a href="/">All searches</a>}>There is no search {id} in this project.</Empty>;
  }
  return <Search experiment={experiment.value.experiment} />;
}

function Search({ experiment }: { experiment: Experiment }): ReactElement {
  const [view, onChange] = useSearchView();
  // Undefined while it is read: the panes say nothing of a first trial that there may be.
  const trial = useSelectedTrial(experiment, view);
  const asked = useTrial(experiment.id, view.trial);
  const pane = (tab: SearchTab): ReactElement => {
    if (asked.kind === 'failed' && (tab === 'cell' || tab === 'curves')) {
      return <Missing failed={asked} onBest={() => onChange({ trial: null })} />;
    }
    if (trial === undefined) return <WaitingPane tab={tab} />;
    // Each gets only what it shows: another order of the rows draws none of them anew.
    const shared = { experiment, trial, compare: view.compare, onChange };
    switch (tab) {
      case 'cell':
        return <CellPane {...shared} />;
      case 'curves':
        return <CurvesPane {...shared} />;
      case 'scatter':
        return <ScatterPane {...shared} filter={view.filter} />;
      case 'operations':
        return <OperationsPane {...shared} />;
      case 'controller':
        return <ControllerPane {...shared} />;
    }
  };
  return (
    <div className={styles.screen}>
      <h1 className="visually-hidden">{experiment.config.name}</h1>
      <ProgressLine experiment={experiment} />
      <div className={styles.panes}>
        <SearchLayout
          leaderboard={<Leaderboard experiment={experiment} view={view} onChange={onChange} />}
          pane={pane}
          tab={view.tab}
          onTab={(tab) => onChange({ tab })}
        />
      </div>
      {trial == null ? null : <CellWindow experiment={experiment} trial={trial} />}
    </div>
  );
}

function WaitingPane({ tab }: { tab: SearchTab }): ReactElement {
  if (tab === 'operations') return <SkeletonRows count={8} height={28} />;
  return (
    <div className={`${styles.waiting} ${tab === 'cell' ? styles.waitingCell : ''}`}>
      {tab === 'cell' ? <SkeletonGraphs count={2} className={styles.waitingGraph} /> : <SkeletonAxes />}
    </div>
  );
}

/** In the place of a trial that the address names and that can't be read. */
function Missing(props: { failed: Extract<Loaded<unknown>, { kind: 'failed' }>; onBest: () => void }): ReactElement {
  const { failed, onBest } = props;
  if (failed.error.code !== 'not_found') return <ErrorPanel message={failed.error.message} onRetry={failed.retry} />;
  return <Empty actions={<Button onClick={onBest}>Show the best</Button>}>{failed.error.message}</Empty>;
}
