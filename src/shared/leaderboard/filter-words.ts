/** A word of a filter's text: what stands between spaces that are not quoted. */
export interface FilterWord {
  /** As it is written, with its quotes. */
  readonly text: string;
  /** Its place in the filter's text, [from, to). */
  readonly from: number;
  readonly to: number;
}

/** Words, and where a quote was opened that is never closed, else null. */
export function splitWords(text: string): { words: FilterWord[]; openQuote: number | null } {
  const words: FilterWord[] = [];
  let from: number | null = null;
  let openQuote: number | null = null;
  for (let at = 0; at <= text.length; at++) {
    const sign = text[at];
    if (sign === undefined || (openQuote === null && /\s/.test(sign))) {
      if (from !== null) words.push({ text: text.slice(from, at), from, to: at });
      from = null;
      continue;
    }
    from ??= at;
    if (openQuote !== null && sign === '\\') at++;
    else if (sign === '"') openQuote = openQuote === null ? at : null;
  }
  return { words, openQuote };
}

/** The text with its open quote closed, if it has one. */
export function closeQuote(text: string): string {
  const isOpen = (part: string): boolean => splitWords(part).openQuote !== null;
  if (!isOpen(text)) return text;
  const closed = `${text}"`;
  // A backslash at the end would take the quote for itself, so it becomes one that is meant.
  return isOpen(closed) ? `${text}\\"` : closed;
}

/** Values between commas that are not quoted, still with their quotes, and where each begins. */
export function splitValues(text: string): { text: string; from: number }[] {
  const values: { text: string; from: number }[] = [];
  let from = 0;
  let isQuoted = false;
  for (let at = 0; at <= text.length; at++) {
    const sign = text[at];
    if (sign === undefined || (sign === ',' && !isQuoted)) {
      values.push({ text: text.slice(from, at), from });
      from = at + 1;
    } else if (sign === '\\' && isQuoted) at++;
    else if (sign === '"') isQuoted = !isQuoted;
  }
  return values;
}

/** What a value says: without quotes, `\"` and `\\` inside them as they are meant. */
export function unquote(text: string): string {
  return text.replace(/"((?:\\.|[^"\\])*)"?/gs, (_, quoted: string) => quoted.replace(/\\(.)/gs, '$1'));
}

/** A text as a value that is read back the same; quoted only where it must be. */
export function quoteValue(text: string): string {
  const isPlain = /^[^\s",:<>=-][^\s",:<>=]*$/.test(text);
  return isPlain ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
}
