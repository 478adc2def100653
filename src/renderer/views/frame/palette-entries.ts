import type { Experiment } from '../../../shared/records/experiment.ts';
import { parseRowKey, type RowKey, readRowKey } from '../../state/row-key.ts';

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
  const words = plain(written).split(/\s+/).filter(Boolean);
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
    .map((entry) => ({ entry, score: matchScore(plain(`${entry.title} ${entry.detail}`), words) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score || age(one.entry) - age(other.entry))
    .slice(0, SHOWN)
    .map(({ entry }) => entry);
  return byGroup(found);
}

/** A run is found by either sign: 17·2 and 17.2. */
const plain = (text: string): string => text.toLowerCase().replaceAll('·', '.');

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

/** The row in `388`, `#388`, `trial 388` or `388.2`, where the search has such a trial. */
export function trialWritten(written: string, { lastTrial }: Pick<Experiment, 'lastTrial'>): RowKey | null {
  const key = readRowKey(/^\s*(?:trial\s*)?#?([\d.·]+)\s*$/i.exec(written)?.[1] ?? null);
  return key !== null && parseRowKey(key).trial <= lastTrial ? key : null;
}
