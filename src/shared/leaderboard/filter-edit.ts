import type { TrialState } from '../records/experiment.ts';
import { RUN_STATES } from '../records/run.ts';
import { SIGNS } from './filter-values.ts';
import { closeQuote, type FilterWord, splitValues, splitWords, unquote } from './filter-words.ts';

/** Whether a word is a condition on a field that is not negated. */
const isOn = (name: string, { text }: FilterWord): boolean =>
  SIGNS.some((sign) => text.toLowerCase().startsWith(`${name}${sign}`)) || text.toLowerCase() === name;

/** The words of a filter's text that are conditions on a field, negated ones not. */
export function termsOn(text: string, name: string): string[] {
  return splitWords(closeQuote(text))
    .words.filter((word) => isOn(name, word))
    .map((word) => word.text);
}

/**
 * The text with another condition on a field in place of those that it has; null takes them out. An open quote is
 * closed first: the condition would become a part of what is quoted.
 */
export function withTerm(text: string, name: string, term: string | null): string {
  const words = splitWords(closeQuote(text))
    .words.filter((word) => !isOn(name, word))
    .map((word) => word.text);
  return [...words, ...(term === null ? [] : [term])].join(' ');
}

/** States that a filter's text names; none where it names none. */
export function statesIn(text: string): readonly TrialState[] {
  const named = termsOn(text, 'state').flatMap((term) =>
    splitValues(term.slice('state:'.length)).map((value) => unquote(value.text).toLowerCase()),
  );
  return RUN_STATES.filter((state) => named.includes(state));
}

/** The text with other states: none takes the condition out. */
export function withStates(text: string, states: readonly TrialState[]): string {
  return withTerm(text, 'state', states.length === 0 ? null : `state:${states.join(',')}`);
}
