import type { Experiment } from '../../../shared/records/experiment.ts';

/** One line of the palette. */
export interface PaletteEntry {
  /** Stable, so that it can be recent. */
  readonly id: string;
  readonly title: string;
  /** What is said beside it, and searched too. */
  readonly detail: string;
  readonly group: string;
  readonly key?: string | undefined;
  readonly run: () => void;
}

/** Entries that are remembered as recent (ours). */
export const RECENT_LENGTH = 6;
/** Lines that are shown of a search (ours). */
const SHOWN = 50;

export interface PaletteGroup {
  readonly value: string;
  readonly items: readonly PaletteEntry[];
}

/**
 * What the palette shows for what is written: each word of it must begin a word of the entry, or stand in it; better
 * beginnings first, then recent ones. Nothing written: recent ones, then all by group.
 */
export function paletteGroups(
  entries: readonly PaletteEntry[],
  recent: readonly string[],
  written: string,
): PaletteGroup[] {
  const words = written.toLowerCase().split(/\s+/).filter(Boolean);
  const age = (entry: PaletteEntry): number => {
    const at = recent.indexOf(entry.id);
    return at === -1 ? recent.length : at;
  };
  if (words.length === 0) {
    const known = entries.filter(({ id }) => recent.includes(id)).sort((one, other) => age(one) - age(other));
    const others = entries.filter(({ id }) => !recent.includes(id));
    return [...(known.length > 0 ? [{ value: 'Recent', items: known }] : []), ...byGroup(others)];
  }
  const found = entries
    .map((entry) => ({ entry, score: matchScore(`${entry.title} ${entry.detail}`.toLowerCase(), words) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score || age(one.entry) - age(other.entry))
    .slice(0, SHOWN)
    .map(({ entry }) => entry);
  return byGroup(found);
}

/** 0: no match. A text's beginning counts most, then the beginning of a word, then any place. */
function matchScore(text: string, words: readonly string[]): number {
  let score = 0;
  for (const word of words) {
    const at = text.indexOf(word);
    if (at === -1) return 0;
    const beginsWord = new RegExp(`(^|[^\\p{L}\\p{N}])${escapeText(word)}`, 'u').test(text);
    score += at === 0 ? 3 : beginsWord ? 2 : 1;
  }
  return score;
}

const escapeText = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&').replace(/\\-/g, '-');

/** Groups in the order of their first entry. */
function byGroup(entries: readonly PaletteEntry[]): PaletteGroup[] {
  const groups = new Map<string, PaletteEntry[]>();
  for (const entry of entries) groups.set(entry.group, [...(groups.get(entry.group) ?? []), entry]);
  return [...groups].map(([value, items]) => ({ value, items }));
}

/** The number in `388`, `#388` or `trial 388`, where the search has such a trial. */
export function trialNumber(written: string, { lastTrial }: Pick<Experiment, 'lastTrial'>): number | null {
  const digits = /^\s*(?:trial\s*)?#?(\d{1,7})\s*$/i.exec(written)?.[1];
  const number = digits === undefined ? 0 : Number(digits);
  return number >= 1 && number <= lastTrial ? number : null;
}
