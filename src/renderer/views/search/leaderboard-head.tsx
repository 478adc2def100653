// biome-ignore-all lint/a11y/useSemanticElements: rows of a virtual list are placed one by one, which a table cannot do
// biome-ignore-all lint/a11y/useFocusableInteractive: the buttons in the heads have the focus
import { ChevronDown } from 'lucide-react';
import { type KeyboardEvent, memo, type ReactElement, useRef, useState } from 'react';
import { withTerm } from '../../../shared/leaderboard/filter.ts';
import styles from './leaderboard.module.css';
import type { Column, ColumnLayout } from './leaderboard-columns.ts';
import { type ColumnQuestion, FilterDialog, QUESTIONS, questionsFor } from './leaderboard-head-filter.tsx';
import { MenuItem, MenuLine, PopupMenu } from './leaderboard-menu.tsx';
import { nextSort, type SearchView } from './search-view.ts';
import type { OrderHold } from './use-order-hold.ts';

interface HeadProps {
  readonly layout: ColumnLayout;
  readonly view: SearchView;
  readonly onChange: (change: Partial<SearchView>) => void;
  readonly hold: OrderHold;
}

/** The heads: a press sorts, the arrow opens what else can be done. One stop of the Tab key, arrows go on from there. */
export const LeaderboardHead = memo(function LeaderboardHead(props: HeadProps): ReactElement {
  const { layout, view, onChange, hold } = props;
  const row = useRef<HTMLDivElement>(null);
  const [asked, setAsked] = useState<{ column: Column; question: ColumnQuestion } | null>(null);
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
            view={view}
            onChange={onChange}
            hold={hold}
            isStop={column === sorted}
            onAsk={(question) => setAsked({ column, question })}
          />
        ))}
      </div>
      {asked === null ? null : (
        <FilterDialog
          {...asked}
          onClose={() => setAsked(null)}
          onTerm={(term) => onChange({ filter: withTerm(view.filter, asked.column.field ?? '', term) })}
        />
      )}
    </div>
  );
});

interface OneHeadProps extends HeadProps {
  readonly column: Column;
  /** The Tab key stops here. */
  readonly isStop: boolean;
  readonly onAsk: (question: ColumnQuestion) => void;
}

function Head(props: OneHeadProps): ReactElement {
  const { column, layout, view, onChange, hold, isStop, onAsk } = props;
  const { id, head, title, sort, field } = column;
  const isSorted = sort !== null && view.sort.column === sort && (id !== 'rank' || !layout.columns.some(isReward));
  const order = isSorted ? (view.sort.isAscending ? 'ascending' : 'descending') : undefined;
  const words = layout.isShort && id === 'state' ? '' : head;
  const sortBy = (isAscending: boolean): void => {
    if (sort !== null) onChange({ sort: { column: sort, isAscending } });
  };
  const hide = (): void =>
    onChange({ columns: layout.columns.filter((other) => other !== column).map((other) => other.id) });
  return (
    <span
      role="columnheader"
      aria-sort={order}
      className={`${styles.headCell} ${styles[id]} ${column.isNumber ? styles.number : ''}`}
      title={title}
    >
      {sort === null ? (
        <span className={styles.headWords}>{words}</span>
      ) : (
        <button
          type="button"
          tabIndex={isStop ? 0 : -1}
          className={styles.sort}
          onClick={() => onChange({ sort: nextSort(view.sort, sort) })}
        >
          <span className={styles.headWords}>{words}</span>
          {words === head ? null : <span className="visually-hidden">{title}</span>}
          {isSorted ? <i aria-hidden="true">{view.sort.isAscending ? '↑' : '↓'}</i> : null}
        </button>
      )}
      <PopupMenu
        label={`${title} column`}
        className={styles.headMenu}
        tabIndex={isStop && sort === null ? 0 : -1}
        trigger={<ChevronDown size={12} aria-hidden="true" />}
        hold={hold}
      >
        {sort === null ? null : (
          <>
            <MenuItem onPress={() => sortBy(true)}>Sort upwards</MenuItem>
            <MenuItem onPress={() => sortBy(false)}>Sort downwards</MenuItem>
          </>
        )}
        {field === null ? null : (
          <>
            {sort === null ? null : <MenuLine />}
            {questionsFor(field).map((question) =>
              question === 'set' ? (
                <MenuItem key={question} onPress={() => onChange({ filter: withTerm(view.filter, field, field) })}>
                  {QUESTIONS[question]}
                </MenuItem>
              ) : (
                <MenuItem key={question} onPress={() => onAsk(question)}>
                  {QUESTIONS[question]}…
                </MenuItem>
              ),
            )}
            <MenuItem onPress={() => onChange({ filter: withTerm(view.filter, field, null) })}>
              Any {title.toLowerCase()}
            </MenuItem>
          </>
        )}
        {layout.columns.length < 2 ? null : (
          <>
            {sort === null && field === null ? null : <MenuLine />}
            <MenuItem onPress={hide}>Hide this column</MenuItem>
          </>
        )}
      </PopupMenu>
    </span>
  );
}

const isReward = ({ id }: Column): boolean => id === 'reward';
