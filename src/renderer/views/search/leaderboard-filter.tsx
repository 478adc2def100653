import {
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type ReactElement,
  type RefObject,
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { completeFilter, type ParsedFilter, statesIn, withStates } from '../../../shared/leaderboard/filter.ts';
import type { Experiment, TrialState } from '../../../shared/records/experiment.ts';
import { RUN_STATES } from '../../../shared/records/run.ts';
import menu from '../../components/menu.module.css';
import { TrialStateMark } from '../../components/states.tsx';
import { useCommands } from '../../state/commands.ts';
import { useSession } from '../../state/use-workbench.ts';
import styles from './leaderboard-filter.module.css';
import { MenuCheck, PopupMenu } from './leaderboard-menu.tsx';
import type { SearchView } from './search-view.ts';
import type { OrderHold } from './use-order-hold.ts';

const PLACEHOLDER = 'Filter: reward>0.6 params<3M op:sep5  ( / )';

interface FilterProps {
  readonly experiment: number;
  readonly view: SearchView;
  readonly onChange: (change: Partial<SearchView>) => void;
  readonly parsed: ParsedFilter;
  /** What the workbench says against a filter that parses. */
  readonly problem: string | null;
  readonly counts: Experiment['counts'] | null;
  /** Of the pane, in pixels. */
  readonly width: number;
  readonly hold: OrderHold;
}

export const LeaderboardFilter = memo(function LeaderboardFilter(props: FilterProps): ReactElement {
  const { experiment, view, onChange, parsed, problem, counts, width, hold } = props;
  const input = useRef<HTMLInputElement>(null);
  useCommands([
    { id: 'filter', title: 'Filter the rows', group: 'Leaderboard', key: '/', run: () => input.current?.focus() },
    {
      id: 'clear-filter',
      title: 'Clear the filter',
      group: 'Leaderboard',
      isEnabled: view.filter !== '',
      run: () => onChange({ filter: '' }),
    },
  ]);
  const shown = RUN_STATES.filter((state) => (counts?.[state] ?? 0) > 0 || statesIn(view.filter).includes(state));
  const fitting = chipsThatFit(shown, counts, width);
  const rest = shown.slice(fitting);
  return (
    <div className={styles.filters}>
      <FilterField
        experiment={experiment}
        input={input}
        filter={view.filter}
        onChange={onChange}
        isRefused={parsed.kind === 'refused'}
      />
      {shown.slice(0, fitting).map((state) => (
        <StateChip key={state} state={state} count={counts?.[state] ?? 0} view={view} onChange={onChange} />
      ))}
      {rest.length === 0 ? null : (
        <StatesMenu states={rest} counts={counts} view={view} onChange={onChange} hold={hold} />
      )}
      {parsed.kind === 'ready' && problem === null ? null : (
        <p id="filter-problem" className={styles.problem} role="status">
          {parsed.kind === 'refused' ? <MarkedText text={view.filter} from={parsed.from} to={parsed.to} /> : null}
          {parsed.kind === 'refused' ? parsed.sentence : problem}
        </p>
      )}
    </div>
  );
});

/** The filter as it is written, with the place that is wrong underlined. */
function MarkedText({ text, from, to }: { text: string; from: number; to: number }): ReactElement {
  // Far from the place nobody looks: what stands around it is enough.
  const start = Math.max(0, from - 24);
  return (
    <code className={styles.marked}>
      {start > 0 ? '…' : ''}
      {text.slice(start, from)}
      <mark>{text.slice(from, to) || ' '}</mark>
      {text.slice(to, to + 24)}
    </code>
  );
}

interface FieldProps extends Pick<FilterProps, 'experiment' | 'onChange'> {
  readonly filter: string;
  readonly input: RefObject<HTMLInputElement | null>;
  readonly isRefused: boolean;
}

interface Completion {
  readonly label: string;
  /** The whole text with it in its place, and where the caret stands then. */
  readonly text: string;
  readonly caret: number;
}

/** What is typed is seen at once; the address, and with it the rows, follow once it was painted. */
function useTyping(filter: string, onChange: FieldProps['onChange']) {
  const [text, setText] = useState(filter);
  const [seen, setSeen] = useState(filter);
  // What the address was told and may still come back, while somebody types on.
  const told = useRef(new Set<string>());
  const waiting = useRef<{ readonly text: string; readonly cancel: () => void } | null>(null);
  if (filter !== seen) {
    setSeen(filter);
    if (!told.current.has(filter)) {
      // From elsewhere: it goes before what is typed.
      waiting.current?.cancel();
      waiting.current = null;
      told.current.clear();
      setText(filter);
    } else if (filter === text) told.current.clear();
  }
  const tell = useCallback((): void => {
    const { current } = waiting;
    if (current === null) return;
    waiting.current = null;
    current.cancel();
    told.current.add(current.text);
    onChange({ filter: current.text });
  }, [onChange]);
  const type = useCallback(
    (typed: string): void => {
      waiting.current?.cancel();
      setText(typed);
      waiting.current = { text: typed, cancel: afterPaint(tell) };
    },
    [tell],
  );
  useEffect(() => () => waiting.current?.cancel(), []);
  return { text, type, tell };
}

/** A hidden page paints nothing: then it is done soon all the same. Milliseconds (ours). */
const LATEST_MS = 100;

/** Calls back after the next frame was painted; the answer calls it off. */
function afterPaint(work: () => void): () => void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = work;
  const frame = requestAnimationFrame(() => port2.postMessage(null));
  const timer = setTimeout(work, LATEST_MS);
  return () => {
    port1.onmessage = null;
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}

/** Tags of the experiment's cells, as they were when last asked for: whoever writes a filter has just come to its field. */
function useTags(experiment: number): { readonly tags: readonly string[]; readonly readTags: () => void } {
  const session = useSession();
  const [tags, setTags] = useState<readonly string[]>([]);
  const readTags = (): void => {
    // Without them the filter is written by hand, and whatever is wrong with the connection is told elsewhere.
    session.call('leaderboard.tags', { experiment }).then(setTags, () => undefined);
  };
  return { tags, readTags };
}

/**
 * One line of text that becomes the address's; what may come next is offered below it while somebody types. A combobox of
 * our own: Base UI's hides the rest of the page from screen readers as long as the list is open.
 */
const FilterField = memo(function FilterField(props: FieldProps): ReactElement {
  const { experiment, input, filter, onChange, isRefused } = props;
  const listId = useId();
  const { tags, readTags } = useTags(experiment);
  const { text, type, tell } = useTyping(filter, onChange);
  // Null: nothing is offered.
  const [caret, setCaret] = useState<number | null>(null);
  const [active, setActive] = useState(-1);
  const completions = caret === null ? [] : completionsOf(text, caret, tags);
  const chosen = completions[active];
  const offer = (place: number | null): void => {
    setCaret(place);
    setActive(-1);
  };
  const take = ({ text: completed, caret: place }: Completion): void => {
    type(completed);
    tell();
    offer(place);
    requestAnimationFrame(() => input.current?.setSelectionRange(place, place));
  };
  // To where the focus came from, such as the rows.
  const from = useRef<Element | null>(null);
  const leave = (field: HTMLInputElement): void => {
    if (from.current instanceof HTMLElement && from.current.isConnected) from.current.focus();
    else field.blur();
  };
  const press = (event: KeyboardEvent<HTMLInputElement>): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      // From the last one back to the text.
      const count = completions.length + 1;
      if (caret === null) offer(event.currentTarget.selectionStart);
      else setActive(((active + 1 + step + count) % count) - 1);
    } else if (event.key === 'Enter' && chosen !== undefined) {
      event.preventDefault();
      take(chosen);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      if (completions.length > 0) offer(null);
      else if (text !== '') {
        type('');
        tell();
      } else leave(event.currentTarget);
    }
  };
  return (
    <>
      <input
        ref={input}
        type="search"
        role="combobox"
        className={styles.filter}
        aria-label="Filter"
        title={PLACEHOLDER}
        aria-autocomplete="list"
        aria-expanded={completions.length > 0}
        aria-controls={completions.length > 0 ? listId : undefined}
        aria-activedescendant={chosen === undefined ? undefined : `${listId}-${active}`}
        aria-invalid={isRefused}
        aria-describedby={isRefused ? 'filter-problem' : undefined}
        placeholder={PLACEHOLDER}
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => {
          type(event.target.value);
          offer(event.target.selectionStart);
        }}
        onKeyDown={press}
        onFocus={(event) => {
          from.current = event.relatedTarget;
          readTags();
        }}
        onBlur={() => {
          // Whatever is pressed next goes on from what is typed.
          tell();
          offer(null);
        }}
      />
      {completions.length === 0 ? null : (
        <Completions id={listId} anchor={input} completions={completions} active={active} onTake={take} />
      )}
    </>
  );
});

/** In the browser's top layer, where no pane cuts it off. */
function Completions(props: {
  readonly id: string;
  readonly anchor: RefObject<HTMLElement | null>;
  readonly completions: readonly Completion[];
  readonly active: number;
  readonly onTake: (completion: Completion) => void;
}): ReactElement {
  const { id, anchor, completions, active, onTake } = props;
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const box = anchor.current?.getBoundingClientRect();
    const element = list.current;
    if (box === undefined || element === null) return;
    element.style.left = `${box.left}px`;
    element.style.top = `${box.bottom + 4}px`;
    element.style.maxHeight = `${Math.max(120, innerHeight - box.bottom - 16)}px`;
    element.showPopover();
  }, [anchor]);
  useLayoutEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <div
      ref={list}
      popover="manual"
      role="listbox"
      id={id}
      aria-label="What may come next"
      className={`${menu.popup} ${styles.popup}`}
    >
      {completions.map((completion, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
        <div
          key={completion.text}
          role="option"
          tabIndex={-1}
          id={`${id}-${index}`}
          aria-selected={index === active}
          className={styles.item}
          // The field keeps the focus.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onTake(completion)}
        >
          {completion.label}
        </div>
      ))}
    </div>
  );
}

/** Completions that change something; the caret stands after what was put in. */
export function completionsOf(text: string, caret: number, tags: readonly string[]): Completion[] {
  return completeFilter(text, caret, tags)
    .map(({ insert, label, from, to }) => ({
      label,
      text: text.slice(0, from) + insert + text.slice(to),
      caret: from + insert.length,
    }))
    .filter((completion) => completion.text !== text);
}

/** Never narrower than this. Pixels (design). */
const FIELD_WIDTH = 200;
const GAP = 8;
const PADDING = 24;
const MENU_WIDTH = 84;

/** How many chips stand beside the field; the others go into a menu. Widths of letters and digits are the font's means. */
export function chipsThatFit(
  states: readonly TrialState[],
  counts: Partial<Record<TrialState, number>> | null,
  width: number,
): number {
  const widths = states.map((state) => {
    const digits = (counts?.[state] ?? 0).toLocaleString('en').length;
    return Math.ceil(14 + 6 + state.length * 7.2 + 6 + digits * 7.8 + 18) + GAP;
  });
  const room = width - PADDING - FIELD_WIDTH;
  const total = widths.reduce((sum, one) => sum + one, 0);
  if (total <= room) return states.length;
  let taken = MENU_WIDTH + GAP;
  let fitting = 0;
  for (const one of widths) {
    taken += one;
    if (taken > room) break;
    fitting++;
  }
  return fitting;
}

interface ChipProps extends Pick<FilterProps, 'view' | 'onChange'> {
  readonly state: TrialState;
  readonly count: number;
}

/** Press to filter, shift-press to add. */
function StateChip({ state, count, view, onChange }: ChipProps): ReactElement {
  const chosen = statesIn(view.filter);
  const isChosen = chosen.includes(state);
  const press = ({ shiftKey }: MouseEvent): void => {
    const others = shiftKey ? chosen.filter((other) => other !== state) : [];
    onChange({ filter: withStates(view.filter, isChosen ? others : [...others, state]) });
  };
  return (
    <button
      type="button"
      className={styles.chip}
      aria-pressed={isChosen}
      title="Press to filter, with Shift to add"
      onClick={press}
    >
      <TrialStateMark state={state} />
      {count.toLocaleString('en')}
    </button>
  );
}

function StatesMenu(
  props: Pick<FilterProps, 'view' | 'onChange' | 'counts' | 'hold'> & { states: readonly TrialState[] },
): ReactElement {
  const { states, view, onChange, counts, hold } = props;
  const chosen = statesIn(view.filter);
  return (
    <PopupMenu trigger="States ▾" className={styles.chip} align="end" hold={hold}>
      {states.map((state) => (
        <MenuCheck
          key={state}
          isOn={chosen.includes(state)}
          onChange={(isOn) => {
            const others = chosen.filter((other) => other !== state);
            onChange({ filter: withStates(view.filter, isOn ? [...others, state] : others) });
          }}
        >
          <span className={styles.menuState}>
            <TrialStateMark state={state} />
            {(counts?.[state] ?? 0).toLocaleString('en')}
          </span>
        </MenuCheck>
      ))}
    </PopupMenu>
  );
}
