import type { WorkbenchEvent } from '../../shared/contract.ts';
import type { Dataset, DatasetFetch } from '../../shared/records/dataset.ts';
import { describeError } from '../../shared/rpc/server.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { addDataset } from '../datasets/add-dataset.ts';
import type { FetchOptions } from '../datasets/cifar10.ts';
import type { Tell } from '../log.ts';

/** Progress is told at most this often. Milliseconds (ours). */
const TOLD_EVERY_MS = 500;
/** How much of it must be done before the time left is told: earlier it says nothing (as set-up does). */
const LEAST_PART = 0.02;

export interface DatasetFetchesOptions {
  /** Where data sets are kept. */
  readonly home: string;
  readonly tell: Tell;
  readonly publish: (event: WorkbenchEvent) => void;
  readonly monotonicMs: () => number;
  readonly env?: NodeJS.ProcessEnv;
  readonly addDataset?: typeof addDataset;
}

/**
 * Data sets that are being fetched. A fetch is the workbench's own: it goes on when whoever asked for it is gone, and
 * who asks for the same one meanwhile waits for the one that is under way.
 */
export class DatasetFetches {
  private readonly options: DatasetFetchesOptions;
  private readonly running = new Map<string, Promise<Dataset>>();
  /** The last of each name. */
  private readonly last = new Map<string, DatasetFetch>();
  private readonly closing = new AbortController();

  constructor(options: DatasetFetchesOptions) {
    this.options = options;
  }

  /** Where each fetch of this workbench stands, or how it ended. */
  list(): DatasetFetch[] {
    return [...this.last.values()];
  }

  /** Rejects as `addDataset` does. */
  add(name: string): Promise<Dataset> {
    const running = this.running.get(name) ?? this.fetch(name).finally(() => this.running.delete(name));
    this.running.set(name, running);
    return running;
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.closing.abort();
    await Promise.allSettled(this.running.values());
  }

  private async fetch(name: string): Promise<Dataset> {
    const { home, env = process.env, addDataset: add = addDataset } = this.options;
    // One that failed before is not to be seen beside this one; and one that is there already is not fetched.
    this.last.delete(name);
    try {
      const dataset = await add(home, name, { env, progress: this.progress(name), signal: this.closing.signal });
      if (this.last.has(name)) this.note({ name, state: 'ready', text: `${dataset.title} is ready`, ...NO_PART });
      return dataset;
    } catch (error) {
      if (this.closing.signal.aborted) throw new WorkbenchError('unavailable', 'The workbench is closing.');
      if (this.last.has(name)) this.fail(name, describeError(error).message);
      throw error;
    }
  }

  private progress(name: string): FetchOptions['progress'] {
    const { monotonicMs, tell } = this.options;
    let step = { text: '', total: 0, startedMs: 0 };
    let toldMs = Number.NEGATIVE_INFINITY;
    const begin = (text: string, total: number): void => {
      step = { text: capital(text), total, startedMs: monotonicMs() };
      toldMs = Number.NEGATIVE_INFINITY;
      tell('info', `${step.text}.`);
      told(0);
    };
    const told = (done: number): void => {
      const now = monotonicMs();
      if (now - toldMs < TOLD_EVERY_MS) return;
      toldMs = now;
      const part = step.total > 0 ? Math.min(1, done / step.total) : null;
      const spentMs = now - step.startedMs;
      const leftMs = part === null || part < LEAST_PART ? null : spentMs / part - spentMs;
      this.note({ name, state: 'running', text: step.text, part, leftMs });
    };
    return { step: begin, update: told, say: (line) => begin(line, 0), end: () => undefined };
  }

  private fail(name: string, text: string): void {
    this.options.tell('warn', text);
    this.note({ name, state: 'failed', text, ...NO_PART });
  }

  private note(fetch: DatasetFetch): void {
    this.last.set(fetch.name, fetch);
    this.options.publish({ name: 'dataset.progressed', payload: fetch });
  }
}

const NO_PART = { part: null, leftMs: null } as const;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
