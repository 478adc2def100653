import { termsOn, withTerm } from '../../shared/leaderboard/filter.ts';
import { fieldNamed } from '../../shared/leaderboard/filter-fields.ts';
import { readNumber } from '../../shared/leaderboard/filter-values.ts';
import { COST_FACTS, type Cost } from './scatter-data.ts';

/** A rectangle of the scatter, in its values; both ends belong to it. */
export interface Area {
  readonly x: readonly [number, number];
  readonly reward: readonly [number, number];
}

/** What stands in the two pairs of fields: the filter's own words for numbers, empty for an open end. */
export interface AreaWords {
  readonly x: readonly [string, string];
  readonly reward: readonly [string, string];
}

/** The filter's text with an area as conditions, in place of those that it has on the same fields. */
export function withArea(filter: string, cost: Cost, { x, reward }: Area): string {
  const { kind } = COST_FACTS[cost];
  const words = kind === 'count' ? countWords : secondWords;
  const ends = `${words(Math.max(0, x[0]), Math.floor)}..${words(x[1], Math.ceil)}`;
  const rewards = `${fractionWords(reward[0], Math.floor)}..${fractionWords(reward[1], Math.ceil)}`;
  return withTerm(withTerm(filter, cost, `${cost}:${ends}`), 'reward', `reward:${rewards}`);
}

/** Without the conditions on a cost and on the reward. */
export const withoutArea = (filter: string, cost: Cost): string =>
  withTerm(withTerm(filter, cost, null), 'reward', null);

export const hasArea = (filter: string, cost: Cost): boolean =>
  termsOn(filter, cost).length + termsOn(filter, 'reward').length > 0;

/** The same from fields that a person filled, or in a sentence what can't be read. */
export function withAreaWords(filter: string, cost: Cost, words: AreaWords): { text: string } | { sentence: string } {
  let text = filter;
  for (const [name, ends] of [
    [cost, words.x],
    ['reward', words.reward],
  ] as const) {
    const [low, high] = ends.map((end) => end.trim());
    const sentence = whyNoRange(name, [low ?? '', high ?? '']);
    if (sentence !== null) return { sentence };
    text = withTerm(text, name, low === '' && high === '' ? null : `${name}:${low}..${high}`);
  }
  return { text };
}

function whyNoRange(name: Cost | 'reward', ends: readonly [string, string]): string | null {
  const kind = fieldNamed(name)?.kind;
  if (kind !== 'count' && kind !== 'duration' && kind !== 'fraction') return null;
  const values: number[] = [];
  for (const end of ends.filter((one) => one !== '')) {
    const read = readNumber(kind, end);
    if ('sentence' in read) return read.sentence;
    values.push(read.value);
  }
  const [low, high] = values;
  if (low !== undefined && high !== undefined && low > high) return `\`${ends[0]}\` is more than \`${ends[1]}\`.`;
  return null;
}

/** The ends that a filter's text has for a field, to begin with. */
export function endsIn(filter: string, name: Cost | 'reward'): readonly [string, string] {
  const term = termsOn(filter, name)[0]?.slice(name.length + 1) ?? '';
  const dots = term.indexOf('..');
  return dots < 0 ? ['', ''] : [term.slice(0, dots), term.slice(dots + 2)];
}

type Rounding = (value: number) => number;

/** Four digits and a unit, rounded away from the area's middle: `1.234M`. */
function countWords(value: number, round: Rounding): string {
  const [size, unit] = (
    [
      [1e9, 'B'],
      [1e6, 'M'],
      [1e3, 'k'],
    ] as const
  ).find(([least]) => value >= least) ?? [1, ''];
  return `${fourDigits(value / size, round)}${unit}`;
}

const secondWords = (value: number, round: Rounding): string => `${fourDigits(value / 1000, round)}s`;

function fourDigits(value: number, round: Rounding): string {
  const decimals = 10 ** Math.max(0, 3 - Math.floor(Math.log10(Math.max(1, value))));
  return String(round(value * decimals) / decimals);
}

const fractionWords = (value: number, round: Rounding): string =>
  String(round(Math.min(1, Math.max(0, value)) * 10_000) / 10_000);
