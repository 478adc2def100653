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

/** One that is under way. */
interface Fetch {
  readonly dataset: Promise<Dataset>;
  readonly cancelling: AbortController;
}

/**
 * Data sets that are being fetched. A fetch is the workbench's own: it goes on when whoever asked for it is gone, and
 * who asks for the same one meanwhile waits for the one that is under way.
 */
export class DatasetFetches {
  private readonly options: DatasetFetchesOptions;
  private readonly running = new Map<string, Fetch>();
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
    const before = this.running.get(name);
    if (before !== undefined && !before.cancelling.signal.aborted) return before.dataset;
    const cancelling = new AbortController();
    // One that is being cancelled comes to its end first.
    const dataset = Promise.allSettled([before?.dataset])
      .then(() => this.fetch(name, cancelling.signal))
      .finally(() => {
        if (this.running.get(name)?.cancelling === cancelling) this.running.delete(name);
      });
    this.running.set(name, { dataset, cancelling });
    return dataset;
  }

  /** Ends what is under way, and answers with how it ended; `conflict` where nothing is. */
  async cancel(name: string): Promise<DatasetFetch> {
    const running = this.running.get(name);
    running?.cancelling.abort();
    await Promise.allSettled([running?.dataset]);
    if (this.closing.signal.aborted) throw isClosing();
    const ended = this.last.get(name);
    if (ended !== undefined && (running !== undefined || ended.state === 'cancelled')) return ended;
    throw new WorkbenchError('conflict', `"${name}" is not being fetched, so there is nothing to cancel.`);
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.closing.abort();
    await Promise.allSettled([...this.running.values()].map(({ dataset }) => dataset));
  }

  private async fetch(name: string, cancelled: AbortSignal): Promise<Dataset> {
    const { home, env = process.env, addDataset: add = addDataset } = this.options;
    // One that failed before is not to be seen beside this one; and one that is there already is not fetched.
    this.last.delete(name);
    const over = new AbortController();
    const signal = AbortSignal.any([this.closing.signal, cancelled]);
    try {
      const dataset = await add(home, name, { env, progress: this.progress(name, over.signal), signal });
      over.abort();
      if (this.last.has(name)) this.note({ name, state: 'ready', text: `${dataset.title} is ready`, ...NO_PART });
      return dataset;
    } catch (error) {
      over.abort();
      if (this.closing.signal.aborted) throw isClosing();
      if (cancelled.aborted) throw this.endCancelled(name, error);
      if (this.last.has(name)) this.fail(name, describeError(error).message);
      throw error;
    }
  }

  /** What is told after `over` is about nothing any more: a size that was still being measured. */
  private progress(name: string, over: AbortSignal): FetchOptions['progress'] {
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
      if (over.aborted || now - toldMs < TOLD_EVERY_MS) return;
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

  private endCancelled(name: string, cause: unknown): WorkbenchError {
    const text = `Fetching "${name}" was cancelled; it can be fetched again.`;
    this.options.tell('info', text);
    this.note({ name, state: 'cancelled', text, ...NO_PART });
    return new WorkbenchError('cancelled', text, { cause });
  }

  private note(fetch: DatasetFetch): void {
    this.last.set(fetch.name, fetch);
    this.options.publish({ name: 'dataset.progressed', payload: fetch });
  }
}

const isClosing = (): WorkbenchError => new WorkbenchError('unavailable', 'The workbench is closing.');

const NO_PART = { part: null, leftMs: null } as const;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
