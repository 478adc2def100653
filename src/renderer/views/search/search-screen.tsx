import { type ReactElement, useMemo } from 'react';
import { Group, Panel, Separator } from 'react-resizable-panels';
import type { Experiment, Trial } from '../../../shared/records/experiment.ts';
import { Empty, ErrorPanel, Guard, SkeletonRows } from '../../components/notices.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { leaderboardRows } from '../../state/leaderboard-rows.ts';
import { useMedia } from '../../state/use-media.ts';
import { useExperiment, useTrials } from '../../state/use-workbench.ts';
import { CellPane } from './cell-pane.tsx';
import { ControllerPane } from './controller-pane.tsx';
import { CurvesPane } from './curves-pane.tsx';
import { Leaderboard } from './leaderboard.tsx';
import { OperationsPane } from './operations-pane.tsx';
import { ProgressLine } from './progress-line.tsx';
import { ScatterPane } from './scatter-pane.tsx';
import styles from './search.module.css';
import { type SearchTab, useSearchView } from './search-view.ts';

/** One search: what was found, how it is going and why. */
export function SearchScreen({ id }: { id: number }): ReactElement {
  const experiment = useExperiment(id);
  const trials = useTrials(id);
  const failed = [experiment, trials].find((loaded) => loaded.kind === 'failed');
  if (failed?.kind === 'failed') return <ErrorPanel message={failed.error.message} onRetry={failed.retry} />;
  if (experiment.kind !== 'ready') return <SkeletonRows count={12} height={40} />;
  if (experiment.value.experiment === null) {
    return <Empty actions={<a href="/">All searches</a>}>There is no search {id} in this project.</Empty>;
  }
  return <Search experiment={experiment.value.experiment} trials={trials.kind === 'ready' ? trials.value : null} />;
}

interface SearchProps {
  readonly experiment: Experiment;
  /** Null while they are read. */
  readonly trials: ReadonlyMap<number, Trial> | null;
}

const NO_TRIALS: ReadonlyMap<number, Trial> = new Map();

function Search({ experiment, trials }: SearchProps): ReactElement {
  const [view, change] = useSearchView();
  const isNarrow = useMedia('(max-width: 1199px)');
  const rows = useMemo(() => leaderboardRows(trials?.values() ?? [], view.mode), [trials, view.mode]);
  const chosen = view.trial === null ? rows[0]?.trial : trials?.get(view.trial);
  const comparing = {
    compare: view.compare,
    onCompare: (compare: readonly number[]) => change({ compare }),
  };
  const leaderboard = (
    <Guard>
      {trials === null ? (
        <SkeletonRows count={12} height={40} />
      ) : (
        <Leaderboard
          experiment={experiment}
          rows={rows}
          trials={trials}
          selected={chosen ?? null}
          view={view}
          onChange={change}
        />
      )}
    </Guard>
  );
  const tabs = (
    <Guard>
      <LowerTabs
        {...comparing}
        experiment={experiment}
        trials={trials ?? NO_TRIALS}
        trial={chosen ?? null}
        isNarrow={isNarrow}
        tab={view.tab}
        onTab={(tab) => change({ tab })}
      />
    </Guard>
  );
  return (
    <div className={styles.screen}>
      <h1 className="visually-hidden">{experiment.config.name}</h1>
      <ProgressLine experiment={experiment} trials={trials} />
      {isNarrow ? (
        <Group orientation="horizontal" className={styles.panes}>
          <Panel defaultSize="46" minSize={400} className={styles.pane}>
            {leaderboard}
          </Panel>
          <Separator className={styles.separator} />
          <Panel minSize={400} className={styles.pane}>
            {tabs}
          </Panel>
        </Group>
      ) : (
        <Group orientation="horizontal" className={styles.panes}>
          <Panel defaultSize="58" minSize={440}>
            <Group orientation="vertical">
              <Panel defaultSize="60" minSize={160} className={styles.pane}>
                {leaderboard}
              </Panel>
              <Separator className={styles.separator} />
              <Panel minSize={160} className={styles.pane}>
                {tabs}
              </Panel>
            </Group>
          </Panel>
          <Separator className={styles.separator} />
          <Panel minSize={440} className={styles.pane}>
            <Guard>
              <CellPane experiment={experiment} trial={chosen ?? null} {...comparing} />
            </Guard>
          </Panel>
        </Group>
      )}
    </div>
  );
}

const TABS = [
  { id: 'cell', title: 'Cell' },
  { id: 'curves', title: 'Curves' },
  { id: 'scatter', title: 'Scatter' },
  { id: 'operations', title: 'Operations' },
  { id: 'controller', title: 'Controller' },
] as const;

interface LowerTabsProps {
  readonly experiment: Experiment;
  readonly trials: ReadonlyMap<number, Trial>;
  readonly trial: Trial | null;
  /** The cell has a pane of its own in a wide window. */
  readonly isNarrow: boolean;
  readonly tab: SearchTab;
  readonly onTab: (tab: SearchTab) => void;
  readonly compare: readonly number[];
  readonly onCompare: (trials: readonly number[]) => void;
}

function LowerTabs(props: LowerTabsProps): ReactElement {
  const { experiment, trials, trial, isNarrow, tab, onTab, compare, onCompare } = props;
  const tabs = isNarrow ? TABS : TABS.slice(1);
  const active = !isNarrow && tab === 'cell' ? 'curves' : tab;
  return (
    <Tabs label="What to see of the search" tabs={tabs} active={active} onChoose={onTab}>
      {active === 'cell' ? (
        <CellPane experiment={experiment} trial={trial} compare={compare} onCompare={onCompare} />
      ) : null}
      {active === 'curves' ? <CurvesPane experiment={experiment} trial={trial} /> : null}
      {active === 'scatter' ? <ScatterPane trials={trials} /> : null}
      {active === 'operations' ? <OperationsPane trials={trials} /> : null}
      {active === 'controller' ? <ControllerPane experiment={experiment} /> : null}
    </Tabs>
  );
}
