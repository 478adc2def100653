import { Download } from 'lucide-react';
import { type MouseEvent, type ReactElement, type ReactNode, useEffect, useRef } from 'react';
import { type Experiment, TRIAL_STATES, type TrialState } from '../../../shared/records/experiment.ts';
import { Button } from '../../components/button.tsx';
import { saveFile } from '../../components/clipboard.ts';
import { TrialStateMark } from '../../components/states.tsx';
import { plural } from '../../components/words.ts';
import { rowsToCsv } from '../../state/csv.ts';
import type { LeaderboardRow } from '../../state/leaderboard-rows.ts';
import { type ParsedFilter, statesIn, withStates } from '../../state/trial-filter.ts';
import styles from './leaderboard.module.css';
import type { SearchView } from './search-view.ts';

interface ToolsProps {
  /** As filtered and sorted; what the files contain. */
  readonly rows: readonly LeaderboardRow[];
  readonly total: number;
  readonly counts: Experiment['counts'];
  readonly view: SearchView;
  readonly filter: ParsedFilter;
  readonly onChange: (change: Partial<SearchView>) => void;
  readonly children: ReactNode;
}

export function LeaderboardTools(props: ToolsProps): ReactElement {
  const { rows, total, counts, view, filter, onChange, children } = props;
  const noun = view.mode === 'cells' ? 'cell' : 'trial';
  const all =
    rows.length === total ? plural(total, noun) : `${rows.length.toLocaleString('en')} of ${plural(total, noun)}`;
  return (
    <>
      <header className={styles.tools}>
        <h2>Leaderboard</h2>
        <span className={styles.total}>{all}</span>
        <span className={styles.gap} />
        {children}
        <div className={styles.switch}>
          {(['cells', 'trials'] as const).map((mode) => (
            <button key={mode} type="button" aria-pressed={view.mode === mode} onClick={() => onChange({ mode })}>
              {mode === 'cells' ? 'Cells' : 'Trials'}
            </button>
          ))}
        </div>
        <ExportButtons rows={rows} name={`${noun}s`} />
      </header>
      <div className={styles.filters}>
        <FilterField view={view} filter={filter} onChange={onChange} />
        {TRIAL_STATES.filter((state) => counts[state] > 0).map((state) => (
          <StateChip key={state} state={state} count={counts[state]} view={view} onChange={onChange} />
        ))}
        {filter.kind === 'ready' ? null : (
          <p id="filter-problem" className={styles.problem} role="status">
            {filter.sentence}
          </p>
        )}
      </div>
    </>
  );
}

function ExportButtons({ rows, name }: { rows: readonly LeaderboardRow[]; name: string }): ReactElement {
  const icon = <Download size={14} aria-hidden="true" />;
  return (
    <>
      <Button
        icon={icon}
        title="The rows as shown"
        onClick={() => saveFile(`${name}.csv`, 'text/csv', rowsToCsv(rows))}
      >
        CSV
      </Button>
      <Button
        icon={icon}
        title="The rows as shown"
        onClick={() => saveFile(`${name}.json`, 'application/json', `${JSON.stringify(rows, null, 2)}\n`)}
      >
        JSON
      </Button>
    </>
  );
}

function FilterField({ view, filter, onChange }: Pick<ToolsProps, 'view' | 'filter' | 'onChange'>): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const press = (event: globalThis.KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLElement && event.target.matches('input, select, textarea');
      if (event.key !== '/' || isTyping) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
  return (
    <input
      ref={input}
      type="search"
      className={styles.filter}
      aria-label="Filter"
      aria-invalid={filter.kind === 'refused'}
      aria-describedby={filter.kind === 'refused' ? 'filter-problem' : undefined}
      placeholder="Filter: reward>0.6 params<3M op:sep5  ( / )"
      spellCheck={false}
      value={view.filter}
      onChange={(event) => onChange({ filter: event.target.value })}
    />
  );
}

interface ChipProps extends Pick<ToolsProps, 'view' | 'onChange'> {
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
    <button type="button" className={styles.chip} aria-pressed={isChosen} onClick={press}>
      <TrialStateMark state={state} />
      {count.toLocaleString('en')}
    </button>
  );
}
