import { useSyncExternalStore } from 'react';

export type Politeness = 'polite' | 'assertive';

export interface Announcement {
  readonly id: number;
  readonly text: string;
  readonly politeness: Politeness;
}

/** Something that was done and can be taken back for a while. */
export interface UndoOffer {
  readonly id: number;
  /** What was done: "3 trials in the trash." */
  readonly text: string;
  readonly undo: () => Promise<unknown>;
}

/** How long an announcement stays where screen readers find it. Milliseconds (ours). */
const ANNOUNCED_MS = 10_000;

let nextId = 1;
let announcements: readonly Announcement[] = [];
let offer: UndoOffer | null = null;
const listeners = new Set<() => void>();

const notify = (): void => {
  for (const listener of listeners) listener();
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/**
 * Says something to a screen reader; nothing is shown. Polite waits for a pause (a new best, an end, a pause); assertive is
 * for errors that stop work. Epochs and progress are never announced.
 */
export function announce(text: string, politeness: Politeness): void {
  const announcement = { id: nextId++, text, politeness };
  announcements = [...announcements, announcement];
  notify();
  setTimeout(() => {
    announcements = announcements.filter((one) => one !== announcement);
    notify();
  }, ANNOUNCED_MS);
}

/** Shows what was done, with a button that takes it back (also Ctrl-Z), for ten seconds. A later offer replaces an earlier one. */
export function offerUndo(text: string, undo: () => Promise<unknown>): void {
  offer = { id: nextId++, text, undo };
  notify();
  announce(`${text} Undo with Ctrl Z.`, 'polite');
}

/** Takes an offer away; a newer one stays. */
export function withdrawUndo(id: number): void {
  if (offer?.id !== id) return;
  offer = null;
  notify();
}

export const useAnnouncements = (): readonly Announcement[] => useSyncExternalStore(subscribe, () => announcements);
export const useUndoOffer = (): UndoOffer | null => useSyncExternalStore(subscribe, () => offer);
