// biome-ignore-all lint/a11y/useSemanticElements: rows of a virtual list are placed one by one, which a table cannot do
// biome-ignore-all lint/a11y/useFocusableInteractive: the buttons in the heads have the focus
import { ChevronDown } from 'lucide-react';
import { type KeyboardEvent, memo, type ReactElement, useCallback, useRef } from 'react';
import { withTerm } from '../../../shared/leaderboard/filter.ts';
import type { SortColumn } from '../../../shared/records/leaderboard.ts';
import styles from './leaderboard.module.css';
import type { Column, ColumnLayout } from './leaderboard-columns.ts';
import { type AskedQuestion, QUESTIONS, questionsFor } from './leaderboard-head-filter.tsx';
import { MenuItem, MenuLine, PopupMenu } from './leaderboard-menu.tsx';
import { nextSort, type SearchView } from './search-view.ts';
import type { OrderHold } from './use-order-hold.ts';

interface HeadProps {
  readonly layout: ColumnLayout;
  readonly view: SearchView;
  readonly onChange: (change: Partial<SearchView>) => void;
  readonly hold: OrderHold;
  /** The values of a condition are to be asked for. */
  readonly onAsk: (asked: AskedQuestion) => void;
}

/** What is chosen from the menu of a head. */
type HeadAct =
  | { readonly kind: 'sort'; readonly sort: SortColumn; readonly isAscending: boolean }
  | { readonly kind: 'filter'; readonly field: string; readonly term: string | null }
  | ({ readonly kind: 'ask' } & AskedQuestion)
  | { readonly kind: 'hide'; readonly column: Column };

/** The heads: a press sorts, the arrow opens what else can be done. One stop of the Tab key, arrows go on from there. */
export const LeaderboardHead = memo(function LeaderboardHead(props: HeadProps): ReactElement {
  const { layout, view, hold } = props;
  const row = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const act = useCallback((what: HeadAct): void => {
    const now = latest.current;
    if (what.kind === 'ask') now.onAsk({ column: what.column, question: what.question });
    else now.onChange(changeOf(what, now));
  }, []);
  const sort = useCallback((column: SortColumn): void => {
    const now = latest.current;
    now.onChange({ sort: nextSort(now.view.sort, column) });
  }, []);
  const sorted = layout.columns.find(({ sort }) => sort === view.sort.column) ?? layout.columns[0];
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const buttons = [...(row.current?.querySelectorAll<HTMLElement>('button') ?? [])];
    const { activeElement } = document;
    const index = activeElement instanceof HTMLElement ? buttons.indexOf(activeElement) : -1;
    if (index < 0) return;
    event.preventDefault();
    buttons[(index + step + buttons.length) % buttons.length]?.focus();
  };
  return (
    <div role="rowgroup" className={styles.headGroup}>
      <div
        ref={row}
        role="row"
        aria-rowindex={1}
        className={`${styles.row} ${styles.head}`}
        style={{ gridTemplateColumns: layout.template, minWidth: layout.width }}
        onKeyDown={press}
      >
        {layout.columns.map((column) => (
          <Head
            key={column.id}
            column={column}
            layout={layout}
            hold={hold}
            order={orderOf(column, layout, view)}
            isStop={column === sorted}
            onSort={sort}
            onAct={act}
          />
        ))}
      </div>
    </div>
  );
});

interface OneHeadProps extends Pick<HeadProps, 'layout' | 'hold'> {
  readonly column: Column;
  /** Null: the rows are in the order of another column. */
  readonly order: 'ascending' | 'descending' | null;
  /** The Tab key stops here. */
  readonly isStop: boolean;
  readonly onSort: (column: SortColumn) => void;
  readonly onAct: (act: HeadAct) => void;
}

/** Menus are many and costly: a head is drawn anew only where it looks different. */
const Head = memo(function Head(props: OneHeadProps): ReactElement {
  const { column, layout, hold, order, isStop, onSort, onAct } = props;
  const { id, head, title, sort } = column;
  const words = layout.isShort && id === 'state' ? '' : head;
  return (
    <span
      role="columnheader"
      aria-sort={order ?? undefined}
      className={`${styles.headCell} ${styles[id]} ${column.isNumber ? styles.number : ''}`}
      title={title}
    >
      {sort === null ? (
        <span className={styles.headWords}>{words}</span>
      ) : (
        <button type="button" tabIndex={isStop ? 0 : -1} className={styles.sort} onClick={() => onSort(sort)}>
          <span className={styles.headWords}>{words}</span>
          {words === head ? null : <span className="visually-hidden">{title}</span>}
          {order === null ? null : <i aria-hidden="true">{order === 'ascending' ? '↑' : '↓'}</i>}
        </button>
      )}
      <HeadMenu
        column={column}
        isStop={isStop && sort === null}
        hold={hold}
        onAct={onAct}
        isOnly={layout.columns.length < 2}
      />
    </span>
  );
});

interface HeadMenuProps extends Pick<OneHeadProps, 'column' | 'hold' | 'isStop' | 'onAct'> {
  /** The last column stays. */
  readonly isOnly: boolean;
}

const HeadMenu = memo(function HeadMenu({ column, isStop, hold, isOnly, onAct }: HeadMenuProps): ReactElement {
  const { title, sort, field } = column;
  return (
    <PopupMenu
      label={`${title} column`}
      className={styles.headMenu}
      tabIndex={isStop ? 0 : -1}
      trigger={<ChevronDown size={12} aria-hidden="true" />}
      hold={hold}
    >
      {sort === null ? null : (
        <>
          <MenuItem onPress={() => onAct({ kind: 'sort', sort, isAscending: true })}>Sort upwards</MenuItem>
          <MenuItem onPress={() => onAct({ kind: 'sort', sort, isAscending: false })}>Sort downwards</MenuItem>
        </>
      )}
      {field === null ? null : (
        <>
          {sort === null ? null : <MenuLine />}
          {questionsFor(field).map((question) =>
            question === 'set' ? (
              <MenuItem key={question} onPress={() => onAct({ kind: 'filter', field, term: field })}>
                {QUESTIONS[question]}
              </MenuItem>
            ) : (
              <MenuItem key={question} onPress={() => onAct({ kind: 'ask', column, question })}>
                {QUESTIONS[question]}…
              </MenuItem>
            ),
          )}
          <MenuItem onPress={() => onAct({ kind: 'filter', field, term: null })}>Any {title.toLowerCase()}</MenuItem>
        </>
      )}
      {isOnly ? null : (
        <>
          {sort === null && field === null ? null : <MenuLine />}
          <MenuItem onPress={() => onAct({ kind: 'hide', column })}>Hide this column</MenuItem>
        </>
      )}
    </PopupMenu>
  );
});

function changeOf(act: Exclude<HeadAct, { kind: 'ask' }>, { view, layout }: HeadProps): Partial<SearchView> {
  switch (act.kind) {
    case 'sort':
      return { sort: { column: act.sort, isAscending: act.isAscending } };
    case 'filter':
      return { filter: withTerm(view.filter, act.field, act.term) };
    case 'hide':
      return { columns: layout.columns.filter(({ id }) => id !== act.column.id).map(({ id }) => id) };
  }
}

function orderOf({ id, sort }: Column, { columns }: ColumnLayout, view: SearchView): OneHeadProps['order'] {
  const isSorted = sort !== null && view.sort.column === sort && (id !== 'rank' || !columns.some(isReward));
  if (!isSorted) return null;
  return view.sort.isAscending ? 'ascending' : 'descending';
}

const isReward = ({ id }: Column): boolean => id === 'reward';
