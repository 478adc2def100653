import { TRIAL_STATES, type Trial, type TrialState } from '../../shared/records/experiment.ts';
import { OPERATION_FACTS } from '../../shared/search-space/operation-facts.ts';
import type { LeaderboardRow } from './leaderboard-rows.ts';

export type RowTest = (row: LeaderboardRow) => boolean;
export type ParsedFilter =
  | { readonly kind: 'ready'; readonly test: RowTest }
  /** A sentence, and the word that it is about. */
  | { readonly kind: 'refused'; readonly sentence: string; readonly word: string };

const NUMBERS: Readonly<Record<string, (row: LeaderboardRow) => number | null>> = {
  reward: ({ reward }) => reward,
  best: ({ best }) => best,
  params: ({ trial }) => trial.trainableParameters,
  madds: ({ trial }) => trial.multiplyAdds,
  time: ({ trial }) => trial.durationMs,
  trial: ({ trial }) => trial.trial,
  update: ({ trial }) => trial.batch,
  times: ({ proposals }) => proposals,
};
const WORDS = ['state', 'op', 'hash', 'origin'] as const;

/** `60%`, `3M`, `90s` and plain numbers; times become milliseconds. */
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  '%': 0.01,
  k: 1e3,
  M: 1e6,
  B: 1e9,
  ms: 1,
  s: 1e3,
  min: 60e3,
  h: 3600e3,
};

/**
 * A filter in words: `reward>0.6 params<3M state:completed,failed op:sep5 -op:max7 update:12..20 hash:3fa`. Space means
 * and, comma or, `-` not.
 */
export function parseFilter(text: string): ParsedFilter {
  const tests: RowTest[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const isNegated = word.startsWith('-');
    const parsed = parseTerm(isNegated ? word.slice(1) : word);
    if (typeof parsed === 'string') return { kind: 'refused', sentence: parsed, word };
    tests.push(isNegated ? (row) => !parsed(row) : parsed);
  }
  return { kind: 'ready', test: (row) => tests.every((test) => test(row)) };
}

/** A test, or why there is none. */
function parseTerm(term: string): RowTest | string {
  const match = /^([a-z]+)(:|<=|>=|<|>|=)(.+)$/i.exec(term);
  if (match === null) return `\`${term}\` is no condition; write one such as reward>0.6 or state:failed.`;
  const [, name = '', sign = '', value = ''] = match;
  const number = Object.hasOwn(NUMBERS, name) ? NUMBERS[name] : undefined;
  if (number !== undefined) return numberTest(number, sign, value);
  if (!WORDS.some((word) => word === name)) {
    return `\`${name}\` is no column. Known are ${[...Object.keys(NUMBERS), ...WORDS].join(', ')}.`;
  }
  if (sign !== ':') return `\`${name}\` takes a colon, as in ${name}:${value}.`;
  if (name === 'state') return stateTest(value);
  if (name === 'op') return operationTest(value);
  if (name === 'hash') return ({ trial }) => value.split(',').some((start) => trial.hash.startsWith(start));
  return ({ trial }) => trial.origin.includes(value);
}

function numberTest(read: (row: LeaderboardRow) => number | null, sign: string, value: string): RowTest | string {
  const range = /^(.+)\.\.(.+)$/.exec(value);
  if (sign === ':' && range !== null) {
    const [from, to] = [parseNumber(range[1] ?? ''), parseNumber(range[2] ?? '')];
    if (from === null || to === null) return `\`${value}\` is no range of numbers, such as 12..20.`;
    return (row) => isBetween(read(row), from, to);
  }
  const limit = parseNumber(value);
  if (limit === null) return `\`${value}\` is no number.`;
  return (row) => {
    const number = read(row);
    if (number === null) return false;
    if (sign === '<') return number < limit;
    if (sign === '>') return number > limit;
    if (sign === '<=') return number <= limit;
    return sign === '>=' ? number >= limit : number === limit;
  };
}

const isBetween = (value: number | null, from: number, to: number): boolean =>
  value !== null && value >= from && value <= to;

function parseNumber(text: string): number | null {
  const match = /^(-?\d+(?:\.\d+)?)([a-z%]*)$/i.exec(text);
  const unit = UNITS[match?.[2] ?? ''];
  return match === null || unit === undefined ? null : Number(match[1]) * unit;
}

function stateTest(value: string): RowTest | string {
  const wanted = value.split(',');
  const unknown = wanted.find((word) => !TRIAL_STATES.some((state) => state === word));
  if (unknown !== undefined) return `\`${unknown}\` is no state. Known are ${TRIAL_STATES.join(', ')}.`;
  return ({ trial }) => wanted.includes(trial.state);
}

/** `sep5` for sep_conv_5x5, `max7`, `avg3`, `conv1`, `identity`; or a whole name. */
const OPERATION_NAMES = new Map(
  Object.keys(OPERATION_FACTS).flatMap((name) => [
    [name, name],
    [name.replace(/_(?:conv|pool)/, '').replace(/_?(\d)x\1$/, '$1'), name],
  ]),
);

function operationTest(value: string): RowTest | string {
  const wanted = value.split(',').map((word) => OPERATION_NAMES.get(word) ?? word);
  const unknown = wanted.find((name) => !Object.hasOwn(OPERATION_FACTS, name));
  if (unknown !== undefined)
    return `\`${unknown}\` is no operation. Known are ${[...OPERATION_NAMES.keys()].join(', ')}.`;
  return ({ trial }) => operationsOf(trial).some((operation) => wanted.includes(operation));
}

function operationsOf({ architecture }: Trial): string[] {
  return [architecture.normal, architecture.reduction].flatMap(({ blocks }) =>
    blocks.flatMap(({ left, right }) => [left.operation, right.operation]),
  );
}

/** States that a filter text names; all when it names none. */
export function statesIn(text: string): readonly TrialState[] {
  const term = /(?:^|\s)state:(\S+)/.exec(text)?.[1]?.split(',') ?? [];
  return TRIAL_STATES.filter((state) => term.includes(state));
}

/** The text with other states: none takes the condition out. */
export function withStates(text: string, states: readonly TrialState[]): string {
  const rest = text.replace(/(?:^|\s)state:\S+/, '').trim();
  return states.length === 0 ? rest : `${rest} state:${states.join(',')}`.trim();
}
