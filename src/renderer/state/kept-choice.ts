import { useSyncExternalStore } from 'react';

/** A choice that is kept for this person in this browser. */
export class KeptChoice<T> {
  private readonly key: string;
  private readonly listeners = new Set<() => void>();
  private value: T;

  /** `read` makes a value of what was kept, or of null where nothing was. */
  constructor(key: string, read: (kept: string | null) => T) {
    this.key = `cellwright.${key}`;
    let kept: string | null = null;
    try {
      kept = localStorage.getItem(this.key);
    } catch (error) {
      console.info('This browser keeps nothing; choices hold until the page is closed.', error);
    }
    this.value = read(kept);
  }

  readonly get = (): T => this.value;

  set(value: T, kept: string): void {
    this.value = value;
    try {
      localStorage.setItem(this.key, kept);
    } catch (error) {
      console.info('The choice holds until the page is closed: this browser keeps nothing.', error);
    }
    for (const listener of this.listeners) listener();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

export function useKeptChoice<T>(choice: KeptChoice<T>): T {
  return useSyncExternalStore(choice.subscribe, choice.get);
}
