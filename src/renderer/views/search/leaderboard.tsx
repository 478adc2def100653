// biome-ignore-all lint/a11y/useSemanticElements: rows of a virtual list are placed one by one, which a table cannot do
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { Experiment, Trial } from '../../../shared/records/experiment.ts';
import { Button } from '../../components/button.tsx';
import { Empty } from '../../components/notices.tsx';
import { plural } from '../../components/words.ts';
import { type LeaderboardRow, type SortColumn, sortRows } from '../../state/leaderboard-rows.ts';
import { parseFilter, type RowTest } from '../../state/trial-filter.ts';
import { useMedia } from '../../state/use-media.ts';
import styles from './leaderboard.module.css';
import { LeaderboardRowView } from './leaderboard-row.tsx';
import { LeaderboardTools } from './leaderboard-tools.tsx';
import { RunningStrip } from './running-strip.tsx';
import { compareAddress, nextSort, type SearchView, toggleCompared } from './search-view.ts';
import { useSteadyOrder } from './use-steady-order.ts';

interface LeaderboardProps {
  readonly experiment: Experiment;
  /** In rank order. */
  readonly rows: readonly LeaderboardRow[];
  readonly trials: ReadonlyMap<number, Trial>;
  readonly selected: Trial | null;
  readonly view: SearchView;
  readonly onChange: (change: Partial<SearchView>) => void;
}

export function Leaderboard({ experiment, rows, trials, selected, view, onChange }: LeaderboardProps): ReactElement {
  const filter = useMemo(() => parseFilter(view.filter), [view.filter]);
  // While a filter does not parse, the last good one stays.
  const lastGood = useRef<RowTest>(() => true);
  if (filter.kind === 'ready') lastGood.current = filter.test;
  const test = lastGood.current;
  const shown = useMemo(() => sortRows(rows.filter(test), view.sort), [rows, test, view.sort]);
  const [isHeld, setIsHeld] = useState(false);
  const reset = `${view.mode} ${view.sort.column} ${view.sort.isAscending} ${view.filter}`;
  const steady = useSteadyOrder(shown, reset, isHeld);
  return (
    <section className={styles.leaderboard} aria-label="Leaderboard">
      <LeaderboardTools
        rows={shown}
        total={rows.length}
        counts={experiment.counts}
        view={view}
        filter={filter}
        onChange={onChange}
      >
        {steady.waiting > 0 ? <Button onClick={steady.admit}>{plural(steady.waiting, 'new result')}</Button> : null}
      </LeaderboardTools>
      <RunningStrip experiment={experiment.id} trials={trials} />
      <Rows
        rows={steady.rows}
        selected={selected}
        view={view}
        onChange={onChange}
        onHold={setIsHeld}
        experiment={experiment.id}
      />
      {steady.rows.length > 0 ? null : (
        <NoRows hasRows={rows.length > 0} filter={view.filter} onClear={() => onChange({ filter: '' })} />
      )}
    </section>
  );
}

function NoRows(props: { hasRows: boolean; filter: string; onClear: () => void }): ReactElement {
  if (!props.hasRows) return <Empty>No cells yet. The first proposal comes in a moment.</Empty>;
  return <Empty actions={<Button onClick={props.onClear}>Clear filter</Button>}>No cell fits {props.filter}.</Empty>;
}

const HEADS: readonly { readonly id: string; readonly words: string; readonly column?: SortColumn }[] = [
  { id: 'rank', words: '#', column: 'rank' },
  { id: 'cell', words: 'cell' },
  { id: 'reward', words: 'reward %', column: 'reward' },
  { id: 'best', words: 'best %', column: 'best' },
  { id: 'params', words: 'params', column: 'params' },
  { id: 'madds', words: 'mult-adds', column: 'madds' },
  { id: 'time', words: 'time', column: 'time' },
  { id: 'state', words: 'state' },
  { id: 'origin', words: 'origin' },
  { id: 'times', words: '×', column: 'times' },
];

interface RowsProps extends Pick<LeaderboardProps, 'rows' | 'selected' | 'view' | 'onChange'> {
  readonly experiment: number;
  /** Somebody reads the rows: they must not move. */
  readonly onHold: (isHeld: boolean) => void;
}

function Rows({ rows, selected, view, onChange, onHold, experiment }: RowsProps): ReactElement {
  const [, navigate] = useLocation();
  const scroller = useRef<HTMLDivElement>(null);
  const isCompact = useMedia('(max-height: 799px)');
  const rowHeight = isCompact ? 32 : 40;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 6,
    getItemKey: (index) => rows[index]?.key ?? index,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another height are measured again
  useEffect(() => virtual.measure(), [rowHeight]);
  const index = rows.findIndex(({ trial }) =>
    view.mode === 'cells' ? trial.hash === selected?.hash : trial.trial === selected?.trial,
  );
  const choose = (next: number): void => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, next))];
    if (row === undefined) return;
    onChange({ trial: row.trial.trial });
    virtual.scrollToIndex(rows.indexOf(row));
  };
  const press = (event: KeyboardEvent<HTMLDivElement>): void => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const target = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: index + page,
      PageUp: index - page,
      Home: 0,
      End: rows.length - 1,
    }[event.key];
    if (target !== undefined) {
      event.preventDefault();
      choose(target);
    } else if (event.key === 'Enter' && selected !== null) {
      navigate(`/experiments/${experiment}/trials/${selected.trial}`);
    } else if (event.key === ' ' && selected !== null) {
      event.preventDefault();
      onChange({ compare: toggleCompared(view.compare, selected.trial) });
    } else if (event.key === 'c' && !event.ctrlKey && !event.metaKey && view.compare.length > 1) {
      navigate(compareAddress(experiment, view.compare));
    }
  };
  const hold = useRef({ pointer: false, focus: false, scroll: false });
  const held = (change: Partial<typeof hold.current>): void => {
    Object.assign(hold.current, change);
    onHold(Object.values(hold.current).some(Boolean));
  };
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label="Cells in order"
      aria-rowcount={rows.length + 1}
      aria-activedescendant={index < 0 ? undefined : `row-${rows[index]?.trial.trial}`}
      tabIndex={0}
      className={styles.rows}
      onKeyDown={press}
      onPointerEnter={() => held({ pointer: true })}
      onPointerLeave={() => held({ pointer: false })}
      onFocus={() => held({ focus: true })}
      onBlur={() => held({ focus: false })}
      onScroll={(event) => held({ scroll: event.currentTarget.scrollTop > 0 })}
    >
      <div role="rowgroup" className={styles.headGroup}>
        <div role="row" aria-rowindex={1} className={`${styles.row} ${styles.head}`}>
          {HEADS.map(({ id, words, column }) => (
            <Head key={id} id={id} words={words} column={column} view={view} onChange={onChange} />
          ))}
        </div>
      </div>
      <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          return (
            <LeaderboardRowView
              key={item.key}
              row={row}
              index={item.index}
              top={item.start}
              height={rowHeight}
              isSelected={item.index === index}
              isCompact={isCompact}
              isMarked={view.compare.includes(row.trial.trial)}
              onSelect={(trial) => onChange({ trial })}
            />
          );
        })}
      </div>
    </div>
  );
}

interface HeadProps extends Pick<LeaderboardProps, 'view' | 'onChange'> {
  readonly id: string;
  readonly words: string;
  readonly column: SortColumn | undefined;
}

function Head({ id, words, column, view, onChange }: HeadProps): ReactElement {
  const { sort } = view;
  const isSorted = column === sort.column;
  const order = isSorted ? (sort.isAscending ? 'ascending' : 'descending') : undefined;
  return (
    <span role="columnheader" aria-sort={order} className={styles[id]}>
      {column === undefined ? (
        words
      ) : (
        <button
          type="button"
          tabIndex={-1}
          className={styles.sort}
          onClick={() => onChange({ sort: nextSort(sort, column) })}
        >
          {words}
          {isSorted ? <i aria-hidden="true">{sort.isAscending ? '↑' : '↓'}</i> : null}
        </button>
      )}
    </span>
  );
}
