import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { WorkbenchEvent } from '../../shared/contract.ts';
import { throwLater } from '../throw-later.ts';
import { explainStorageError } from './storage-error.ts';

/** Hears what changed, once it can be read. */
export type Publish = (event: WorkbenchEvent) => void;

/**
 * Runs every write of the store in a transaction and tells what changed after the commit, never before: what a
 * listener hears is on the disk. Events carry whole rows as they stand after the commit, so a row that changed twice
 * in one transaction is told once. What can't be told is a fault of its own: the write is stored, and the rest is told.
 */
export class Commits {
  private readonly database: Database;
  private readonly publish: Publish;
  private readonly onUnexpected: (error: unknown) => void;
  private readonly changed = new Map<string, () => WorkbenchEvent>();
  private readonly settling = new Map<string, () => void>();
  private depth = 0;

  /** `onUnexpected` hears why a change could not be told; by default that is thrown in a turn of its own. */
  constructor(database: Database, publish: Publish, onUnexpected = throwLater) {
    this.database = database;
    this.publish = publish;
    this.onUnexpected = onUnexpected;
  }

  /** Throws `disk_full`, `read_only` or `corrupt` where the disk refuses; nothing of `work` is stored then. */
  run<T>(work: () => T): T {
    if (this.depth > 0) return work();
    let result: T;
    this.depth++;
    try {
      result = this.database
        .transaction(() => {
          const done = work();
          for (const settle of this.settling.values()) settle();
          return done;
        })
        .immediate();
    } catch (error) {
      this.changed.clear();
      throw explainStorageError(error, dirname(this.database.name));
    } finally {
      this.settling.clear();
      this.depth--;
    }
    this.tell();
    return result;
  }

  /** Announces a row by `key`; `read` reads it whole after the commit. Only inside `run`. */
  note(key: string, read: () => WorkbenchEvent): void {
    if (this.depth === 0) throw new Error(`${key} changed outside a transaction`);
    this.changed.set(key, read);
  }

  /** Does what follows from the changes of a transaction, once by `key`, at its end and within it. Only inside `run`. */
  settle(key: string, work: () => void): void {
    if (this.depth === 0) throw new Error(`${key} changed outside a transaction`);
    this.settling.set(key, work);
  }

  private tell(): void {
    const reads = [...this.changed.values()];
    this.changed.clear();
    // All are read before any is told: who hears of one may write again.
    const events = reads.flatMap((read) => this.attempt(read) ?? []);
    for (const event of events) this.attempt(() => this.publish(event));
  }

  private attempt<T>(work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      this.onUnexpected(error);
      return null;
    }
  }
}
