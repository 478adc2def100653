import { SharedValue, useShared } from './shared-value.ts';

export type Politeness = 'polite' | 'assertive';

export interface Announcement {
  readonly id: number;
  readonly text: string;
  readonly politeness: Politeness;
}

/** Something that was done, and for a while the way back where there is one. */
export interface Deed {
  readonly id: number;
  /** What was done: "3 trials in the trash." */
  readonly text: string;
  readonly undo: (() => Promise<unknown>) | null;
}

/** How long an announcement stays where screen readers find it. Milliseconds (ours). */
const ANNOUNCED_MS = 10_000;

let nextId = 1;
const announcements = new SharedValue<readonly Announcement[]>([]);
const deed = new SharedValue<Deed | null>(null);

/**
 * Says something to a screen reader; nothing is shown. Polite waits for a pause (a new best, an end, a pause); assertive is
 * for errors that stop work. Epochs and progress are never announced.
 */
export function announce(text: string, politeness: Politeness): void {
  const announcement = { id: nextId++, text, politeness };
  announcements.set([...announcements.get(), announcement]);
  setTimeout(() => {
    announcements.set(announcements.get().filter((one) => one !== announcement));
  }, ANNOUNCED_MS);
}

/** Shows what was done, with a button that takes it back (also Ctrl-Z), for ten seconds. A later deed replaces an earlier one. */
export function offerUndo(text: string, undo: () => Promise<unknown>): void {
  show(text, undo);
  announce(`${text} Undo with Ctrl Z.`, 'polite');
}

/** Shows what was done, where nothing else on the screen shows it. */
export function tellDone(text: string): void {
  show(text, null);
  announce(text, 'polite');
}

function show(text: string, undo: Deed['undo']): void {
  deed.set({ id: nextId++, text, undo });
}

/** Takes a deed off the screen; a newer one stays. */
export function withdrawDeed(id: number): void {
  if (deed.get()?.id === id) deed.set(null);
}

export const useAnnouncements = (): readonly Announcement[] => useShared(announcements);
export const useLastDeed = (): Deed | null => useShared(deed);
