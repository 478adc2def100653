import type { Operation } from '../records/architecture.ts';
import type { TrialState } from '../records/experiment.ts';
import { RUN_STATES } from '../records/run.ts';
import { nearestWord } from './edit-distance.ts';
import {
  type DateField,
  FILTER_FIELDS,
  fieldNamed,
  type NumberField,
  OPERATION_NAMES,
  shortOperation,
  type TextField,
} from './filter-fields.ts';
import {
  type DateRange,
  type NumberRange,
  type Read,
  readDateRange,
  readNumberRange,
  type Sign,
} from './filter-values.ts';
import { type FilterWord, splitValues, splitWords, unquote } from './filter-words.ts';

export { completeFilter, type FilterCandidate } from './filter-completion.ts';
export { statesIn, termsOn, withStates, withTerm } from './filter-edit.ts';
export { FILTER_FIELDS, type FilterField, type FilterKind } from './filter-fields.ts';
export { quoteValue } from './filter-words.ts';

/** A row passes where one of the alternatives fits. */
export type FilterCondition =
  | { readonly kind: 'number'; readonly field: NumberField; readonly ranges: readonly NumberRange[] }
  | { readonly kind: 'date'; readonly field: DateField; readonly ranges: readonly DateRange[] }
  | { readonly kind: 'state'; readonly states: readonly TrialState[] }
  /** Built in the Normal or the Reduction cell. */
  | { readonly kind: 'operation'; readonly operations: readonly Operation[] }
  /**
   * `note` and `origin` contain one of the texts, `hash` begins with it, a `tag` is it; `any` is any of the four, with
   * tags that contain it. Upper and lower case of A to Z are one.
   */
  | { readonly kind: 'text'; readonly field: TextField | 'any'; readonly texts: readonly string[] }
  | { readonly kind: 'star' };

export interface FilterTerm {
  readonly isNegated: boolean;
  readonly condition: FilterCondition;
}

export type ParsedFilter =
  /** A row passes where every term does; a negated one where its condition does not hold. */
  | { readonly kind: 'ready'; readonly terms: readonly FilterTerm[] }
  /** A sentence, the word that it is about, and its place [from, to) in the text. */
  | {
      readonly kind: 'refused';
      readonly sentence: string;
      readonly word: string;
      readonly from: number;
      readonly to: number;
    };

/**
 * A filter in words: `reward>0.6 params<3M state:completed,failed op:sep5 -op:max7 update:12..20 star note:"odd start"
 * hash:3fa`. Space means and, comma or, `-` not; what stands alone is looked for in note, tags, origin and hash, and
 * quotes keep a text together.
 */
export function parseFilter(text: string): ParsedFilter {
  const { words, openQuote } = splitWords(text);
  if (openQuote !== null) {
    const word = text.slice(openQuote);
    return {
      kind: 'refused',
      sentence: `The quote before ${word.slice(1, 30) || 'the end'} is not closed.`,
      word,
      from: openQuote,
      to: text.length,
    };
  }
  const terms: FilterTerm[] = [];
  for (const word of words) {
    const isNegated = word.text.startsWith('-');
    const read = readCondition(isNegated ? word.text.slice(1) : word.text);
    if (!('value' in read)) return { kind: 'refused', ...refusal(word, isNegated ? 1 : 0, read) };
    terms.push({ isNegated, condition: read.value });
  }
  return { kind: 'ready', terms };
}

/** What is wrong with a word, and which part of it: all of it where nothing is said. */
interface Refused {
  readonly sentence: string;
  readonly from?: number;
  readonly to?: number;
}

function refusal(word: FilterWord, skipped: number, { sentence, from, to }: Refused) {
  const start = from === undefined ? word.from : word.from + skipped + from;
  const end = to === undefined ? word.to : word.from + skipped + to;
  return { sentence, word: word.text.slice(start - word.from, end - word.from), from: start, to: end };
}

/** A word without its `-`. */
function readCondition(term: string): { readonly value: FilterCondition } | Refused {
  if (term === '') return { sentence: '`-` leaves out what follows it without a space, such as -op:max7.' };
  const [whole = '', name = '', sign] = /^([^":<>=]*)(:|<=|>=|<|>|=)/.exec(term) ?? [];
  if (sign === undefined) return readBare(term);
  if (name === '')
    return { sentence: `\`${term}\` begins with no column: write one before ${sign}, as in reward${sign}0.6.` };
  const field = fieldNamed(name);
  if (!field) return { sentence: unknownField(name), from: 0, to: name.length };
  const values = splitValues(term.slice(whole.length)).map((value) => ({ ...value, from: value.from + whole.length }));
  if (values.some(({ text }) => unquote(text) === '')) {
    return { sentence: `\`${name}${sign}\` needs a value, as in ${field.example}.` };
  }
  return readField(field, sign as Sign, values);
}

/** What stands alone: a flag, or a text to look for. */
function readBare(term: string): { readonly value: FilterCondition } | Refused {
  const field = fieldNamed(term);
  if (field?.kind === 'flag') return { value: { kind: 'star' } };
  if (field) return { sentence: `\`${term}\` needs a condition, as in ${field.example}; in quotes it is a text.` };
  const texts = splitValues(term)
    .map(({ text }) => unquote(text))
    .filter((text) => text !== '');
  if (texts.length === 0) return { sentence: `\`${term}\` holds no text to look for.` };
  return { value: { kind: 'text', field: 'any', texts } };
}

function unknownField(name: string): string {
  const names = FILTER_FIELDS.map((field) => field.name);
  const near = nearestWord(name, names);
  return `\`${name}\` is no column. ${near === null ? `Known are ${names.join(', ')}.` : `Did you mean ${near}?`}`;
}

type Values = readonly { readonly text: string; readonly from: number }[];
type KnownField = NonNullable<ReturnType<typeof fieldNamed>>;

function readField(field: KnownField, sign: Sign, values: Values): { readonly value: FilterCondition } | Refused {
  const { name, kind } = field;
  if (field.kind === 'flag') return { sentence: `\`${name}\` stands alone, or with - before it: -${name}.` };
  const isScalar =
    kind === 'fraction' || kind === 'count' || kind === 'number' || kind === 'duration' || kind === 'date';
  if (!isScalar && sign !== ':') return { sentence: `\`${name}\` takes a colon, as in ${field.example}.` };
  if (isScalar && sign !== ':' && sign !== '=' && values.length > 1) {
    return {
      sentence: `\`${name}${sign}\` takes one value; several go with a colon, as in ${name}:${values.map(({ text }) => text).join(',')}.`,
    };
  }
  if (field.kind === 'date') {
    const read = readAll(values, (text) => readDateRange(sign, text));
    return 'value' in read ? { value: { kind: 'date', field: field.name, ranges: read.value } } : read;
  }
  if (field.kind === 'state') {
    const read = readAll(values, (text) => readName(text, 'state', STATES));
    return 'value' in read ? { value: { kind: 'state', states: read.value } } : read;
  }
  if (field.kind === 'operation') {
    const read = readAll(values, (text) => readName(text, 'operation', OPERATION_NAMES));
    return 'value' in read ? { value: { kind: 'operation', operations: read.value } } : read;
  }
  if (field.kind === 'text') {
    return { value: { kind: 'text', field: field.name, texts: values.map(({ text }) => unquote(text)) } };
  }
  const read = readAll(values, (text) => readNumberRange(field.kind, sign, text));
  return 'value' in read ? { value: { kind: 'number', field: field.name, ranges: read.value } } : read;
}

const STATES: ReadonlyMap<string, TrialState> = new Map(RUN_STATES.map((state) => [state, state]));

/** All values, or what is wrong with the first that is none, with its place. */
function readAll<T>(values: Values, read: (text: string) => Read<T>): { readonly value: readonly T[] } | Refused {
  const done: T[] = [];
  for (const { text, from } of values) {
    const result = read(unquote(text));
    if (!('value' in result)) return { sentence: result.sentence, from, to: from + text.length };
    done.push(result.value);
  }
  return { value: done };
}

function readName<T extends string>(text: string, noun: string, known: ReadonlyMap<string, T>): Read<T> {
  const value = known.get(text.toLowerCase());
  if (value !== undefined) return { value };
  const near = nearestWord(text, known.keys());
  const shown = [
    ...new Set(
      [...known].map(([name, meant]) => (noun === 'operation' ? shortOperation(meant as unknown as Operation) : name)),
    ),
  ];
  return {
    sentence: `\`${text}\` is no ${noun}. ${near === null ? `Known are ${shown.join(', ')}.` : `Did you mean ${near}?`}`,
  };
}
