import { type KeyboardEvent, type ReactElement, useMemo, useRef } from 'react';
import type { SearchSpace } from '../../shared/records/architecture.ts';
import type { UpdateReport } from '../../shared/records/controller.ts';
import { DECISIONS_PER_BLOCK, type DecisionPlace, decisionPlaces } from '../../shared/search-space/decisions.ts';
import { percent } from '../components/words.ts';
import { activeTheme } from '../styles/use-active-theme.ts';
import { fileName } from './chart-csv.ts';
import { ChartFrame } from './chart-frame.tsx';
import { CHART_PALETTES } from './chart-palettes.ts';
import { NumberTable } from './chart-table.tsx';
import { HeatCanvas } from './heat-canvas.tsx';
import { type HeatMap, heatToSvg } from './heat-map.ts';
import {
  columnSize,
  decisionToCsv,
  decisionWords,
  heatColumns,
  heatLevel,
  optionWords,
  relativeEntropies,
} from './policy-decisions.ts';
import styles from './policy-map.module.css';
import { useChartParameter } from './use-chart-options.ts';

/** The decision that is shown first: the left operation of the first Normal block. */
const FIRST_DECISION = 2;

interface PolicyMapProps {
  readonly space: SearchSpace;
  readonly updates: readonly UpdateReport[];
  /** Updates that the budget allows. */
  readonly planned: number;
}

/** One decision's softmax over time, chosen from a strip of all decisions shaded by how decided they are. */
export function PolicyMap({ space, updates, planned }: PolicyMapProps): ReactElement | null {
  const [text, write] = useChartParameter('decision');
  const places = useMemo(() => decisionPlaces(space), [space]);
  const named = Number(text) - 1;
  const chosen = text !== null && places[named] !== undefined ? named : FIRST_DECISION;
  const place = places[chosen];
  const map = useMemo((): HeatMap | null => {
    if (place === undefined) return null;
    const size = columnSize(Math.max(planned, updates.length));
    return {
      title: `Probability of each option: ${decisionWords(place)}`,
      options: optionWords(space, place),
      columns: heatColumns(updates, chosen, size),
      planned: Math.ceil(planned / size),
    };
  }, [space, place, updates, chosen, planned]);
  if (map === null) return null;
  return (
    <div className={styles.map}>
      <ChartFrame
        title={map.title}
        csv={{ name: fileName(map.title, 'csv'), text: () => decisionToCsv(map.options, updates, chosen) }}
        svg={{ name: fileName(map.title, 'svg'), text: () => heatToSvg(map, CHART_PALETTES[activeTheme()]) }}
        table={() => <DecisionTable map={map} updates={updates} decision={chosen} />}
        note={
          <DecisionStrip
            places={places}
            updates={updates}
            chosen={chosen}
            onChoose={(index) => write(index === FIRST_DECISION ? null : String(index + 1))}
          />
        }
      >
        <HeatCanvas map={map} />
      </ChartFrame>
    </div>
  );
}

function DecisionTable(props: { map: HeatMap; updates: readonly UpdateReport[]; decision: number }): ReactElement {
  const { map, updates, decision } = props;
  const x = useMemo(() => updates.map(({ update }) => update), [updates]);
  return (
    <NumberTable
      label={`${map.title}, as table`}
      heads={['update', ...map.options]}
      count={updates.length}
      row={(index) => [
        String(x[index]),
        ...map.options.map((_, option) => percent(updates[index]?.meanProbabilities[decision]?.[option] ?? 0)),
      ]}
      cursor={{ xLabel: 'update', x }}
    />
  );
}

interface DecisionStripProps {
  readonly places: readonly DecisionPlace[];
  readonly updates: readonly UpdateReport[];
  readonly chosen: number;
  readonly onChoose: (decision: number) => void;
}

/** A tile a decision, the darker the more decided; arrows go from one to the next. */
function DecisionStrip({ places, updates, chosen, onChoose }: DecisionStripProps): ReactElement {
  const strip = useRef<HTMLDivElement>(null);
  const entropies = useMemo(() => relativeEntropies(updates), [updates]);
  const half = places.length / 2;
  const key = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: half,
      ArrowUp: -half,
      Home: -chosen,
      End: places.length - 1 - chosen,
    };
    const step = steps[event.key];
    const next = step === undefined ? undefined : chosen + step;
    if (next === undefined || places[next] === undefined) return;
    event.preventDefault();
    onChoose(next);
    strip.current?.querySelectorAll<HTMLElement>('[role="radio"]')[next]?.focus();
  };
  const tile = (place: DecisionPlace, index: number): ReactElement => {
    const entropy = entropies[index] ?? 1;
    const words = `${decisionWords(place)}, entropy ${percent(entropy)} of the largest`;
    return (
      // biome-ignore lint/a11y/useSemanticElements: tiles of a strip, moved through by our own keys
      <button
        key={words}
        type="button"
        role="radio"
        title={words}
        aria-label={words}
        aria-checked={index === chosen}
        tabIndex={index === chosen ? 0 : -1}
        className={`${styles.tile} ${styles[`heat${heatLevel(1 - entropy)}`]}`}
        onClick={() => onChoose(index)}
      />
    );
  };
  return (
    <div ref={strip} className={styles.strips} role="radiogroup" aria-label="Decision" onKeyDown={key}>
      {(['Normal', 'Reduction'] as const).map((name, row) => (
        <div key={name} className={styles.strip}>
          <span aria-hidden="true">{name}</span>
          {Array.from({ length: half / DECISIONS_PER_BLOCK }, (_, block) => {
            const start = row * half + block * DECISIONS_PER_BLOCK;
            return (
              <div key={start} className={styles.block}>
                {places.slice(start, start + DECISIONS_PER_BLOCK).map((place, step) => tile(place, start + step))}
              </div>
            );
          })}
        </div>
      ))}
    </div>
  );
}
