import { type FormEvent, type ReactElement, useId, useState } from 'react';
import { Button } from '../components/button.tsx';
import { Segments } from '../components/segments.tsx';
import styles from './chart-tools.module.css';
import { endsIn, hasArea, withAreaWords, withoutArea } from './scatter-area.ts';
import type { Cost } from './scatter-data.ts';

interface ScatterToolsProps {
  readonly cost: Cost;
  readonly isLog: boolean;
  /** The table's filter, that the area is a part of. */
  readonly filter: string;
  readonly onCost: (cost: Cost) => void;
  readonly onLog: (isLog: boolean) => void;
  readonly onFilter: (filter: string) => void;
}

const COST_OPTIONS = [
  { value: 'params', title: 'Parameters' },
  { value: 'madds', title: 'Multiply-adds' },
  { value: 'time', title: 'Time' },
] as const;

/** What x is, and the area by numbers instead of a drag. */
export function ScatterTools(props: ScatterToolsProps): ReactElement {
  const { cost, isLog, filter, onCost, onLog, onFilter } = props;
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <div className={styles.bar}>
        <Segments isSmall label="Against" options={COST_OPTIONS} chosen={[cost]} onChoose={onCost} />
        <label className={styles.field}>
          <input type="checkbox" checked={isLog} onChange={({ target }) => onLog(target.checked)} />
          Log scale
        </label>
        <button type="button" className={styles.plain} aria-expanded={isOpen} onClick={() => setIsOpen((was) => !was)}>
          Between…
        </button>
        {hasArea(filter, cost) ? (
          <button type="button" className={styles.plain} onClick={() => onFilter(withoutArea(filter, cost))}>
            Clear area
          </button>
        ) : null}
      </div>
      {isOpen ? <BetweenForm key={`${cost} ${filter}`} {...props} /> : null}
    </>
  );
}

const NAMES: Readonly<Record<Cost | 'reward', string>> = {
  params: 'Parameters',
  madds: 'Multiply-adds',
  time: 'Time',
  reward: 'Reward',
};
const EXAMPLES: Readonly<Record<Cost | 'reward', readonly [string, string]>> = {
  params: ['1.5M', '3M'],
  madds: ['200M', '600M'],
  time: ['90s', '5min'],
  reward: ['55%', '65%'],
};

function BetweenForm({ cost, filter, onFilter }: ScatterToolsProps): ReactElement {
  const [x, setX] = useState(() => endsIn(filter, cost));
  const [reward, setReward] = useState(() => endsIn(filter, 'reward'));
  const [sentence, setSentence] = useState<string | null>(null);
  const problemId = useId();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const result = withAreaWords(filter, cost, { x, reward });
    if ('sentence' in result) setSentence(result.sentence);
    else onFilter(result.text);
  };
  return (
    <form className={styles.bar} onSubmit={submit} aria-label="Trials between" aria-describedby={problemId}>
      <RangeFields name={cost} ends={x} isWrong={sentence !== null} onChange={setX} />
      <RangeFields name="reward" ends={reward} isWrong={sentence !== null} onChange={setReward} />
      <Button type="submit">Filter the table</Button>
      {sentence === null ? null : (
        <p id={problemId} className={styles.problem} role="alert">
          {sentence}
        </p>
      )}
    </form>
  );
}

function RangeFields(props: {
  name: Cost | 'reward';
  ends: readonly [string, string];
  isWrong: boolean;
  onChange: (ends: readonly [string, string]) => void;
}): ReactElement {
  const { name, ends, isWrong, onChange } = props;
  const [low, high] = ends;
  const shared = { className: styles.number, 'aria-invalid': isWrong, spellCheck: false, autoComplete: 'off' };
  return (
    <fieldset className={styles.rangePart}>
      <legend className="visually-hidden">{NAMES[name]}</legend>
      <span aria-hidden="true">{NAMES[name]}</span>
      <input
        {...shared}
        aria-label={`${NAMES[name]} from`}
        placeholder={EXAMPLES[name][0]}
        value={low}
        onChange={({ target }) => onChange([target.value, high])}
      />
      to
      <input
        {...shared}
        aria-label={`${NAMES[name]} to`}
        placeholder={EXAMPLES[name][1]}
        value={high}
        onChange={({ target }) => onChange([low, target.value])}
      />
    </fieldset>
  );
}
