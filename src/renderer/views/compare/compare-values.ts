import type { Architecture } from '../../../shared/records/architecture.ts';
import type { Trial } from '../../../shared/records/experiment.ts';
import { liveBlocks } from '../../../shared/search-space/live-blocks.ts';
import { OPERATION_FACTS } from '../../../shared/search-space/operation-facts.ts';
import { duration, FAILURE_WORDS, percent } from '../../components/words.ts';
import { countWords } from '../../graphs/part-words.ts';

/** A value in words for each of the compared trials. */
export interface ComparedValue {
  readonly name: string;
  readonly words: readonly string[];
  /** Numbers are set to the right. */
  readonly isNumber: boolean;
}

const none = (value: number | null, words: (value: number) => string): string => (value === null ? '–' : words(value));

const VALUES: readonly (readonly [string, (trial: Trial) => string, 'number' | 'text'])[] = [
  ['Reward', ({ reward }) => none(reward, percent), 'number'],
  ['Best', ({ bestAccuracy }) => none(bestAccuracy, percent), 'number'],
  ['Epoch of the best', ({ bestEpoch }) => none(bestEpoch, String), 'number'],
  ['Parameters', ({ trainableParameters }) => countWords(trainableParameters), 'number'],
  ['Multiply-adds', ({ multiplyAdds }) => countWords(multiplyAdds), 'number'],
  ['Trained for', ({ durationMs }) => (durationMs > 0 ? duration(durationMs) : '–'), 'number'],
  ['State', stateWords, 'text'],
  ['Origin', ({ origin }) => origin, 'text'],
  ['Update', ({ batch }) => none(batch, String), 'number'],
  ['Reused from', ({ reusedFrom }) => none(reusedFrom, (trial) => `trial ${trial}`), 'text'],
  ['Seed', ({ seed }) => String(seed), 'number'],
  ['Attempts', ({ attempts }) => String(attempts), 'number'],
  ['Normal operations', ({ architecture }) => operationWords(architecture.normal), 'text'],
  ['Reduction operations', ({ architecture }) => operationWords(architecture.reduction), 'text'],
];

/** The values in which some trials differ, in a fixed order. */
export function differingValues(trials: readonly Trial[]): ComparedValue[] {
  return VALUES.map(([name, words, kind]) => ({ name, words: trials.map(words), isNumber: kind === 'number' })).filter(
    ({ words }) => new Set(words).size > 1,
  );
}

function stateWords({ state, failure }: Trial): string {
  return failure === null ? state : `${state}: ${FAILURE_WORDS[failure]}`;
}

/** "4 sep 5×5, 3 avg 3×3, 2 identity": the operations that are built, the most frequent first. */
export function operationWords(cell: Architecture['normal']): string {
  const counts = new Map<string, number>();
  for (const block of liveBlocks(cell)) {
    for (const side of ['left', 'right'] as const) {
      const { label } = OPERATION_FACTS[cell.blocks[block]![side].operation];
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
  }
  const sorted = [...counts].sort(([one, few], [other, many]) => many - few || one.localeCompare(other));
  return sorted.length === 0 ? 'none' : sorted.map(([label, count]) => `${count} ${label}`).join(', ');
}
