import { type ReactElement, useCallback, useMemo, useRef, useState } from 'react';
import { withTerm } from '../../../shared/leaderboard/filter.ts';
import type { Experiment } from '../../../shared/records/experiment.ts';
import { Button } from '../../components/button.tsx';
import { Empty, ErrorPanel } from '../../components/notices.tsx';
import { SkeletonRows } from '../../components/skeletons.tsx';
import { useDensity } from '../../state/density.ts';
import type { LeaderboardSource } from '../../state/leaderboard-source.ts';
import { ItemList } from '../../state/leaderboard-window.ts';
import { useSelectedTrial } from '../../state/selected-trial.ts';
import { useWindowSize } from '../../state/use-window-size.ts';
import { useWriting } from '../../state/use-writing.ts';
import { KillTrial } from './kill-trial.tsx';
import styles from './leaderboard.module.css';
import { chosenColumns, defaultColumns, layOut, NARROW_WIDTH } from './leaderboard-columns.ts';
import { LeaderboardFilter } from './leaderboard-filter.tsx';
import { LeaderboardGrid } from './leaderboard-grid.tsx';
import { type AskedQuestion, FilterDialog } from './leaderboard-head-filter.tsx';
import { LabelsDialog } from './leaderboard-labels.tsx';
import { RowMenu } from './leaderboard-row-menu.tsx';
import { LeaderboardTools } from './leaderboard-tools.tsx';
import { RunningStrip } from './running-strip.tsx';
import type { SearchView } from './search-view.ts';
import { useElementWidth } from './use-element-width.ts';
import { useLeaderboardActions } from './use-leaderboard-actions.ts';
import { useGoodFilter, useLeaderboardSource } from './use-leaderboard-source.ts';
import { useNewBest } from './use-new-best.ts';
import { useOrderHold } from './use-order-hold.ts';
import { useRowSelection } from './use-row-selection.ts';

interface LeaderboardProps {
  readonly experiment: Experiment;
  readonly view: SearchView;
  readonly onChange: (change: Partial<SearchView>) => void;
}

/** Windows wider than this show the Reduction cell of each row. Pixels (design). */
const WIDE_WINDOW = 1920;

/** Room that rows leave to it; some systems lay theirs over the rows. Pixels (ours). */
const SCROLLBAR_WIDTH = 16;

/** What a search has found, as rows that are read where they are looked at. */
export function Leaderboard({ experiment, view, onChange }: LeaderboardProps): ReactElement {
  const { parsed, good } = useGoodFilter(view.filter);
  const [source, { query, window, opened, waiting, error }] = useLeaderboardSource(experiment, view, good);
  const [box, paneWidth] = useElementWidth();
  const width = paneWidth - SCROLLBAR_WIDTH;
  const isNarrow = width < NARROW_WIDTH;
  const isWideWindow = useWindowSize((windowWidth) => windowWidth >= WIDE_WINDOW);
  const layout = useMemo(
    () => layOut(chosenColumns(view.columns, defaultColumns(width, isWideWindow)), width < NARROW_WIDTH),
    [view.columns, width, isWideWindow],
  );
  const isCompact = useDensity() === 'compact';
  const items = useMemo(() => (window === null ? null : new ItemList(window, opened)), [window, opened]);
  // What is drawn answers this; the address may be ahead of it.
  const shownView = useMemo(() => (query === null ? view : { ...view, ...query, filter: view.filter }), [view, query]);
  const selected = useSelectedTrial(experiment, view) ?? null;
  const selection = useRowSelection(source, items, selected, shownView, onChange);
  const hold = useOrderHold(source);
  const scroll = useRef<(item: number) => void>(() => undefined);
  const scrollTo = useCallback((item: number): void => scroll.current(item), []);
  const [asked, setAsked] = useState<AskedQuestion | null>(null);
  const writing = useWriting();
  const actions = useLeaderboardActions({
    experiment,
    source,
    selected,
    selection,
    hold,
    layout,
    view,
    onChange,
    canWrite: !writing.disabled,
    waiting,
    scrollTo,
  });
  const newBest = useNewBest(experiment, (row) => document.querySelector(`[data-trial="${row}"]`) !== null);
  const listKey = query === null ? '' : JSON.stringify(query);
  return (
    <div className={styles.leaderboard} ref={box}>
      <LeaderboardTools
        experiment={experiment}
        source={source}
        query={query}
        total={window?.total ?? null}
        waiting={waiting}
        layout={layout}
        view={view}
        onChange={onChange}
        hold={hold}
        isNarrow={isNarrow}
      />
      <LeaderboardFilter
        experiment={experiment.id}
        view={view}
        onChange={onChange}
        parsed={parsed}
        problem={error?.code === 'invalid_input' ? error.message : null}
        counts={window?.counts ?? null}
        width={paneWidth}
        hold={hold}
      />
      {actions.problem === null ? null : (
        <p className={styles.notice} role="alert">
          {actions.problem}
          <Button kind="quiet" onClick={actions.clearProblem}>
            Dismiss
          </Button>
        </p>
      )}
      <RunningStrip experiment={experiment.id} />
      {items === null ? (
        <Unread error={error} source={source} />
      ) : (
        <RowMenu commands={actions.commands} selection={selection} hold={hold}>
          <LeaderboardGrid
            source={source}
            items={items}
            layout={layout}
            view={shownView}
            onChange={onChange}
            selection={selection}
            hold={hold}
            listKey={listKey}
            newBest={newBest}
            isBusy={query?.filter !== good || query.mode !== view.mode}
            isCompact={isCompact}
            scrollRef={scroll}
            onAsk={setAsked}
            empty={items.count > 0 ? null : <NoRows view={view} filter={good} onChange={onChange} />}
          />
        </RowMenu>
      )}
      {asked === null ? null : (
        <FilterDialog
          {...asked}
          onClose={() => setAsked(null)}
          onTerm={(term) => onChange({ filter: withTerm(view.filter, asked.column.field ?? '', term) })}
        />
      )}
      {actions.labelled === null ? null : (
        <LabelsDialog experiment={experiment.id} rows={actions.labelled} onClose={actions.closeLabels} />
      )}
      {actions.killed === null ? null : <KillTrial trial={actions.killed} onClose={actions.closeKill} />}
    </div>
  );
}

function Unread({ error, source }: { error: Error | null; source: LeaderboardSource }): ReactElement {
  if (error === null) return <SkeletonRows count={12} height={40} />;
  return <ErrorPanel message={error.message} onRetry={() => void source.admit()} />;
}

function NoRows(props: {
  view: SearchView;
  filter: string;
  onChange: (change: Partial<SearchView>) => void;
}): ReactElement {
  const { view, filter, onChange } = props;
  const noun = view.mode === 'cells' ? 'cell' : 'trial';
  if (filter !== '') {
    return (
      <Empty actions={<Button onClick={() => onChange({ filter: '' })}>Clear filter</Button>}>
        No {noun} {view.isTrash ? 'in the trash ' : ''}fits <bdi>{filter}</bdi>.
      </Empty>
    );
  }
  if (view.isTrash) {
    return (
      <Empty actions={<Button onClick={() => onChange({ isTrash: false })}>Back to the leaderboard</Button>}>
        The trash is empty. Del in the leaderboard moves finished trials here.
      </Empty>
    );
  }
  return <Empty>No cells yet. The first proposal comes in a moment.</Empty>;
}
