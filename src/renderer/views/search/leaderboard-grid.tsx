// biome-ignore-all lint/a11y/useSemanticElements: rows of a virtual list are placed one by one, which a table cannot do
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactElement,
  type ReactNode,
  useCallback,
  useEffect,
  useRef,
} from 'react';
import type { LeaderboardSource } from '../../state/leaderboard-source.ts';
import type { ItemList } from '../../state/leaderboard-window.ts';
import { type RowKey, rowKeyOf } from '../../state/row-key.ts';
import styles from './leaderboard.module.css';
import type { ColumnLayout } from './leaderboard-columns.ts';
import { LeaderboardHead } from './leaderboard-head.tsx';
import type { AskedQuestion } from './leaderboard-head-filter.tsx';
import { LeaderboardRowView, rowId } from './leaderboard-row.tsx';
import type { SearchView } from './search-view.ts';
import type { OrderHold } from './use-order-hold.ts';
import type { RowSelection } from './use-row-selection.ts';
import { useSketching } from './use-sketching.ts';

/** Heights in pixels (design). */
const HEAD_HEIGHT = 28;
const COMFORTABLE_HEIGHT = 40;
const COMPACT_HEIGHT = 32;
/** Rows drawn beyond what is in view (ours). */
const OVERSCAN = 3;

export interface GridProps {
  readonly source: LeaderboardSource;
  readonly items: ItemList;
  readonly layout: ColumnLayout;
  readonly view: SearchView;
  readonly onChange: (change: Partial<SearchView>) => void;
  readonly selection: RowSelection;
  readonly hold: OrderHold;
  /** Another number: the list is another one, and is seen from its top. */
  readonly listKey: string;
  /** The row of a best reward that nobody has seen yet. */
  readonly newBest: RowKey | null;
  readonly isBusy: boolean;
  readonly isCompact: boolean;
  /** Gets what brings a row into view. */
  readonly scrollRef: { current: (item: number) => void };
  /** The menu of a column asks for the values of a condition. */
  readonly onAsk: (asked: AskedQuestion) => void;
  /** What stands in the place of rows where there are none. */
  readonly empty: ReactNode;
}

/** The rows: a virtual list over all that the filter lets through. */
export function LeaderboardGrid(props: GridProps): ReactElement {
  const {
    source,
    items,
    layout,
    view,
    onChange,
    selection,
    hold,
    listKey,
    newBest,
    isBusy,
    isCompact,
    scrollRef,
    empty,
  } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const height = isCompact ? COMPACT_HEIGHT : COMFORTABLE_HEIGHT;
  const virtual = useVirtualizer({
    count: items.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: OVERSCAN,
    // The head covers as much at the top as it takes below.
    scrollPaddingEnd: HEAD_HEIGHT,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another height are measured again
  useEffect(() => virtual.measure(), [height]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins at its top
  useEffect(() => {
    // Asking the element itself would lay out the page first.
    if ((virtual.scrollOffset ?? 0) > 0) scroller.current?.scrollTo({ top: 0 });
  }, [listKey]);
  const shown = virtual.getVirtualItems();
  useVisibleRows(source, items, shown[0]?.index ?? 0, shown.at(-1)?.index ?? 0);
  const { cursor, move } = selection;
  const scrollTo = useCallback((item: number): void => virtual.scrollToIndex(item), [virtual]);
  scrollRef.current = scrollTo;
  useScrollToSelected(source, items, selection, view.trial, scrollTo);
  const sketching = useSketching();
  const press = useKeys({ ...props, scrollTo, scroller, height });
  const pressRow = useCallback(
    (item: number, event: MouseEvent): void =>
      move(
        () => item,
        event.shiftKey,
        () => undefined,
      ),
    [move],
  );
  const latest = useRef(items);
  latest.current = items;
  const toggle = useCallback((item: number) => void toggleOpen(source, latest.current, item), [source]);
  usePointerHold(scroller, hold);
  const isByPointer = useRef(false);
  const { from, to } = selection.range ?? { from: -1, to: -1 };
  return (
    <>
      <div
        ref={scroller}
        role="grid"
        aria-label={view.isTrash ? 'Trash in order' : view.mode === 'cells' ? 'Cells in order' : 'Trials in order'}
        aria-rowcount={items.count + 1}
        aria-multiselectable="true"
        aria-busy={isBusy}
        aria-activedescendant={cursor === null ? undefined : rowId(cursor)}
        tabIndex={0}
        data-letter-keys=""
        className={`${styles.rows} ${empty === null ? '' : styles.noRows}`}
        onKeyDown={press}
        onPointerDown={() => {
          isByPointer.current = true;
        }}
        onFocus={({ currentTarget, target, relatedTarget }) => {
          // React tells of the focus in an opened menu too, which lies elsewhere in the page.
          if (!currentTarget.contains(target) || currentTarget.contains(relatedTarget)) return;
          hold.enter(isByPointer.current || isInMenu(relatedTarget));
        }}
        onBlur={({ currentTarget, relatedTarget }) => {
          if (currentTarget.contains(relatedTarget)) return;
          isByPointer.current = false;
          hold.set('focus', false);
        }}
        onScroll={(event) => {
          hold.set('scroll', event.currentTarget.scrollTop > 0);
          sketching.scrolled(event.currentTarget.scrollTop);
        }}
      >
        <LeaderboardHead layout={layout} view={view} onChange={onChange} hold={hold} onAsk={props.onAsk} />
        <div
          role={items.count === 0 ? 'presentation' : 'rowgroup'}
          className={styles.body}
          style={{ height: virtual.getTotalSize(), minWidth: layout.width }}
        >
          {shown.map(({ index: item, start, key }) => {
            const at = items.at(item);
            const { row } = at;
            if (row === undefined) {
              return <WaitingRow key={key} item={item} top={start} height={height} />;
            }
            const isOwn = at.kind === 'row';
            const canOpen = isOwn && view.mode === 'cells' && row.trials > 1;
            return (
              <LeaderboardRowView
                key={key}
                row={row}
                item={item}
                top={start}
                height={height}
                layout={layout}
                isCompact={isCompact}
                isSelected={item === cursor}
                isRanged={item >= from && item <= to}
                isMarked={view.compare.includes(rowKeyOf(row.trial))}
                isNewBest={rowKeyOf(row.trial) === newBest}
                isOpen={canOpen ? at.index === items.openIndex : null}
                isPart={!isOwn}
                isSketch={sketching.isSketch(row.trial.hash)}
                onPress={pressRow}
                onToggle={toggle}
              />
            );
          })}
        </div>
      </div>
      {empty === null ? null : <div className={styles.empty}>{empty}</div>}
    </>
  );
}

const isInMenu = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('[role=menu]') !== null;

/** A row that is being read. */
function WaitingRow({ item, top, height }: { item: number; top: number; height: number }): ReactElement {
  return (
    <div
      role="row"
      id={rowId(item)}
      aria-rowindex={item + 2}
      className={`${styles.row} ${styles.data} ${styles.waitingRow}`}
      style={{ transform: `translateY(${top}px)`, height }}
    >
      <span role="gridcell">
        <i className={styles.sketch} />
        <span className="visually-hidden">is read</span>
      </span>
    </div>
  );
}

/** The order is held under the pointer. React would count the menus of the heads in, which lie elsewhere in the page. */
function usePointerHold(scroller: { readonly current: HTMLElement | null }, hold: OrderHold): void {
  useEffect(() => {
    const grid = scroller.current;
    const enter = (): void => hold.set('pointer', true);
    const leave = (): void => hold.set('pointer', false);
    grid?.addEventListener('pointerenter', enter);
    grid?.addEventListener('pointerleave', leave);
    return () => {
      grid?.removeEventListener('pointerenter', enter);
      grid?.removeEventListener('pointerleave', leave);
      leave();
    };
  }, [scroller, hold]);
}

/** Tells the source which rows of its window are in view. */
function useVisibleRows(source: LeaderboardSource, items: ItemList, first: number, last: number): void {
  useEffect(() => {
    const from = items.at(first);
    const to = items.at(last);
    const start = from.kind === 'row' ? from.index : (items.openIndex ?? 0);
    source.show(start, to.kind === 'row' ? to.index : start);
  }, [source, items, first, last]);
}

/** Brings a row into view that the address names and that nobody chose in the list itself. */
function useScrollToSelected(
  source: LeaderboardSource,
  items: ItemList,
  { cursor }: RowSelection,
  trial: RowKey | null,
  scrollTo: (item: number) => void,
): void {
  const sought = useRef<RowKey | null>(null);
  useEffect(() => {
    if (trial === null || sought.current === trial) return;
    sought.current = trial;
    // Rows that were read are chosen where they are seen.
    if (cursor !== null) return;
    void source.find(trial).then(
      (index) => {
        if (index !== null && sought.current === trial) scrollTo(items.itemOf(index));
      },
      // The pane of the cell tells what is wrong with a trial that does not exist.
      () => undefined,
    );
  }, [source, items, cursor, trial, scrollTo]);
}

async function toggleOpen(source: LeaderboardSource, items: ItemList, item: number): Promise<void> {
  const at = items.at(item);
  if (at.kind !== 'row' || at.row === undefined) return;
  await source.openCell(at.index === items.openIndex ? null : at.row.trial.hash);
}

interface KeysProps extends GridProps {
  readonly scrollTo: (item: number) => void;
  readonly scroller: { readonly current: HTMLDivElement | null };
  readonly height: number;
}

/** Where a key leads, by the place now, the last one and the rows of a screen. */
const PLACES: ReadonlyMap<string, (now: number, last: number, page: number) => number> = new Map([
  ['ArrowDown', (now: number) => now + 1],
  ['ArrowUp', (now: number) => now - 1],
  ['PageDown', (now: number, _last: number, page: number) => now + page],
  ['PageUp', (now: number, _last: number, page: number) => now - page],
  ['Home', () => 0],
  ['End', (_now: number, last: number) => last],
]);

/** Keys that move through the rows and open a cell's trials; the others are commands. */
function useKeys(props: KeysProps): (event: KeyboardEvent<HTMLDivElement>) => void {
  const { source, items, selection, hold, view, scrollTo, scroller, height } = props;
  const page = (): number =>
    Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 0) - HEAD_HEIGHT) / height) - 1);
  return (event) => {
    // Heads and buttons inside the rows have keys of their own.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const place = PLACES.get(event.key);
    if (place !== undefined) {
      event.preventDefault();
      const { shiftKey } = event;
      const rows = page();
      hold.whenSettled(() => selection.move((now, last) => place(now, last, rows), shiftKey, scrollTo));
      return;
    }
    if (view.mode !== 'cells' || (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft')) return;
    event.preventDefault();
    const { cursor } = selection;
    const at = cursor === null ? null : items.at(cursor);
    if (at === null || at.row === undefined) return;
    if (event.key === 'ArrowRight') {
      if (at.kind === 'row' && at.row.trials > 1) void source.openCell(at.row.trial.hash);
    } else if (items.openIndex !== null) {
      const { openIndex } = items;
      if (at.kind === 'part') selection.move(() => openIndex, false, scrollTo);
      else if (at.index === openIndex) void source.openCell(null);
    }
  };
}
