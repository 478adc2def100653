import { RUN_STATES } from '../records/run.ts';
import { OPERATION_FACTS } from '../search-space/operation-facts.ts';
import { FILTER_FIELDS, type FilterKind, fieldNamed, OPERATION_NAMES, shortOperation } from './filter-fields.ts';
import { quoteValue, splitValues, splitWords, unquote } from './filter-words.ts';

export interface FilterCandidate {
  /** Takes the place of [from, to) in the text. */
  readonly insert: string;
  /** What it is, for the list. */
  readonly label: string;
  readonly from: number;
  readonly to: number;
}

/**
 * What may be written where the caret stands: columns with their signs, or the values of a column that has a closed
 * list; `tags` are those that the project knows. Empty where only the person knows.
 */
export function completeFilter(text: string, caret: number, tags: readonly string[] = []): FilterCandidate[] {
  const word = splitWords(text).words.find(({ from, to }) => from <= caret && caret <= to);
  const from = word ? word.from + (word.text.startsWith('-') ? 1 : 0) : caret;
  const to = word?.to ?? caret;
  const typed = text.slice(from, Math.max(from, caret));
  const [head] = /^[a-z]+(?::|<=|>=|<|>|=)/i.exec(typed) ?? [];
  if (head === undefined) return fieldCandidates(typed, from, to);
  const last = splitValues(typed.slice(head.length)).at(-1) ?? { text: '', from: 0 };
  const place = from + head.length + last.from;
  const end = to - place - (splitValues(text.slice(place, to))[0]?.text.length ?? 0);
  return valuesOf(fieldNamed(head.replace(/[:<>=]+$/, ''))?.kind, head, tags)
    .filter(([insert]) => insert.toLowerCase().startsWith(unquote(last.text).toLowerCase()))
    .map(([insert, label]) => ({ insert: quoteValue(insert), label, from: place, to: to - end }));
}

function fieldCandidates(typed: string, from: number, to: number): FilterCandidate[] {
  return FILTER_FIELDS.filter(({ name }) => name.startsWith(typed.toLowerCase())).map(({ name, kind, meaning }) => ({
    insert: `${name}${signAfter(kind)}`,
    label: `${name}: ${meaning}`,
    from,
    to,
  }));
}

function signAfter(kind: FilterKind): string {
  if (kind === 'flag') return '';
  return kind === 'fraction' || kind === 'duration' ? '>' : kind === 'count' ? '<' : ':';
}

function valuesOf(kind: FilterKind | undefined, head: string, tags: readonly string[]): (readonly [string, string])[] {
  if (kind === 'state') return RUN_STATES.map((state) => [state, state]);
  if (kind === 'operation')
    return [...new Set(OPERATION_NAMES.values())].map((name) => [shortOperation(name), OPERATION_FACTS[name].words]);
  return head.toLowerCase() === 'tag:' ? tags.map((tag) => [tag, tag]) : [];
}
