import { Autocomplete } from '@base-ui/react/autocomplete';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { type MouseEvent, type ReactElement, type RefObject, useRef, useState } from 'react';
import { completeFilter, type ParsedFilter, statesIn, withStates } from '../../../shared/leaderboard/filter.ts';
import { type Experiment, TRIAL_STATES, type TrialState } from '../../../shared/records/experiment.ts';
import { TrialStateMark } from '../../components/states.tsx';
import { useCommands } from '../../state/commands.ts';
import styles from './leaderboard-filter.module.css';
import { MenuCheck, PopupMenu } from './leaderboard-menu.tsx';
import type { SearchView } from './search-view.ts';
import type { OrderHold } from './use-order-hold.ts';

interface FilterProps {
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

export function LeaderboardFilter(props: FilterProps): ReactElement {
  const { view, onChange, parsed, problem, counts, width, hold } = props;
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
  const shown = TRIAL_STATES.filter((state) => (counts?.[state] ?? 0) > 0 || statesIn(view.filter).includes(state));
  const fitting = chipsThatFit(shown, counts, width);
  const rest = shown.slice(fitting);
  return (
    <div className={styles.filters}>
      <FilterField input={input} view={view} onChange={onChange} isRefused={parsed.kind === 'refused'} />
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
}

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

interface FieldProps extends Pick<FilterProps, 'view' | 'onChange'> {
  readonly input: RefObject<HTMLInputElement | null>;
  readonly isRefused: boolean;
}

interface Completion {
  readonly label: string;
  /** The whole text with it in its place, and where the caret stands then. */
  readonly text: string;
  readonly caret: number;
}

/** One line of text that is the address's; what may come next is offered below it. */
function FilterField({ input, view, onChange, isRefused }: FieldProps): ReactElement {
  const [caret, setCaret] = useState<number | null>(null);
  const completions = caret === null ? [] : completionsOf(view.filter, caret);
  const take = (value: string, details: { reason: string }): void => {
    if (details.reason !== 'item-press') {
      setCaret(input.current?.selectionStart ?? value.length);
      onChange({ filter: value });
      return;
    }
    const chosen = completions.find(({ text }) => text === value);
    onChange({ filter: value });
    setCaret(chosen?.caret ?? value.length);
    requestAnimationFrame(() => input.current?.setSelectionRange(chosen?.caret ?? -1, chosen?.caret ?? -1));
  };
  return (
    <CSPProvider disableStyleElements>
      <Autocomplete.Root
        items={completions}
        mode="none"
        itemToStringValue={({ text }: Completion) => text}
        value={view.filter}
        onValueChange={take}
      >
        <Autocomplete.Input
          ref={input}
          type="search"
          className={styles.filter}
          aria-label="Filter"
          aria-invalid={isRefused}
          aria-describedby={isRefused ? 'filter-problem' : undefined}
          placeholder="Filter: reward>0.6 params<3M op:sep5  ( / )"
          spellCheck={false}
          autoComplete="off"
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onBlur={() => setCaret(null)}
        />
        <Autocomplete.Portal>
          <Autocomplete.Positioner className={styles.positioner} side="bottom" align="start" sideOffset={4}>
            <Autocomplete.Popup className={styles.popup} hidden={completions.length === 0}>
              <Autocomplete.List className={styles.list}>
                {(completion: Completion) => (
                  <Autocomplete.Item key={completion.text} className={styles.item} value={completion}>
                    {completion.label}
                  </Autocomplete.Item>
                )}
              </Autocomplete.List>
            </Autocomplete.Popup>
          </Autocomplete.Positioner>
        </Autocomplete.Portal>
      </Autocomplete.Root>
    </CSPProvider>
  );
}

/** Completions that change something; the caret stands after what was put in. */
export function completionsOf(text: string, caret: number): Completion[] {
  return completeFilter(text, caret)
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
