import { setTimeout as sleep } from 'node:timers/promises';
import { experimentFromPreset } from '../../shared/presets.ts';
import type { Lease, Outcome, RunOrder } from '../../shared/records/run.ts';
import { startHeadless } from '../headless.ts';
import type { End, QueueEvent, RunQueue } from '../runs/run-queue.ts';
import { measureProcedures, type ProcedureTimes } from './procedure-times.ts';
import { writeTinyDataset } from './tiny-dataset.ts';

// The served workbench of `bench workbench`, as a process of its own. Started with project, home, page and port.

export type ServerRequest = { readonly kind: 'search' | 'memory' | 'events' | 'procedures' | 'close' };
export type ServerAnswer =
  | { readonly kind: 'open'; readonly address: string; readonly link: string }
  | { readonly kind: 'search'; readonly experiment: number }
  /** Resident memory after garbage was collected. Bytes. */
  | { readonly kind: 'memory'; readonly bytes: number }
  /** Events so far. */
  | { readonly kind: 'events'; readonly count: number }
  | { readonly kind: 'procedures'; readonly times: ProcedureTimes }
  | { readonly kind: 'close' };

/** Trials at once, epochs of each and how long one takes: some 50 events a second with those of the trials themselves. */
const AT_ONCE = 4;
const EPOCHS = 20;
const EPOCH_MS = 95;
const TINY_DATASET = 'tiny';
/** Collections of garbage before memory is read, and the time that each is given. */
const COLLECTIONS = 3;
const COLLECTION_MS = 1_000;

/** Trains nothing; tells epochs at a steady pace. */
class SteadyQueue implements RunQueue {
  private readonly running = new Map<number, Running>();
  private tell: (event: QueueEvent) => void = () => undefined;

  submit(order: RunOrder): void {
    const running: Running = { lease: order.lease, asked: null };
    this.running.set(order.lease.run, running);
    void this.tellEpochs(running).then((end) => {
      this.running.delete(order.lease.run);
      this.tell(end);
    });
  }

  withdraw({ run }: Lease, how: 'cancel' | 'suspend'): void {
    const running = this.running.get(run);
    if (running) running.asked = how;
  }

  listen(listener: (event: QueueEvent) => void): () => void {
    this.tell = listener;
    return () => undefined;
  }

  async attach(): Promise<readonly Lease[]> {
    return [];
  }

  trainers() {
    return { busy: this.running.size, all: AT_ONCE };
  }

  async close(): Promise<void> {
    for (const running of this.running.values()) running.asked ??= 'suspend';
    while (this.running.size > 0) await sleep(EPOCH_MS);
  }

  private async tellEpochs(running: Running): Promise<End> {
    const { lease } = running;
    this.tell({ kind: 'begun', lease });
    const quality = 0.4 + 0.4 * Math.abs(Math.sin(lease.run));
    let accuracy = 0;
    for (let epoch = 1; epoch <= EPOCHS; epoch++) {
      await sleep(EPOCH_MS);
      if (running.asked === 'suspend') return { kind: 'suspended', lease, step: 10 * (epoch - 1) };
      if (running.asked === 'cancel') return finished(lease, { kind: 'cancelled', message: 'Cancelled on request.' });
      accuracy = quality * (1 - Math.exp(-epoch / 4));
      const step = epoch * 10;
      this.tell({ kind: 'progress', lease, epoch, step, steps: EPOCHS * 10, loss: 1 - accuracy, stepMs: 9 });
      const record = {
        ...{ epoch, trainingLoss: 1, trainingAccuracy: accuracy, validationLoss: 1, validationAccuracy: accuracy },
        ...{ learningRate: 0.025, dropPathKeep: 1, durationMs: EPOCH_MS },
      };
      this.tell({ kind: 'epoch', lease, record });
    }
    return finished(lease, { kind: 'completed', reward: accuracy, bestAccuracy: accuracy, bestEpoch: EPOCHS });
  }
}

interface Running {
  readonly lease: Lease;
  asked: 'suspend' | 'cancel' | null;
}

function finished(lease: Lease, outcome: Outcome): End {
  return { kind: 'finished', lease, outcome, durationMs: EPOCHS * EPOCH_MS, weightsHash: null, weights: null };
}

const [projectFolder = '', home = '', pageFolder = '', port = ''] = process.argv.slice(2);
writeTinyDataset(home, TINY_DATASET);
const { workbench, server, close } = await startHeadless({
  projectFolder,
  home,
  pageFolder,
  openQueue: () => new SteadyQueue(),
  host: '127.0.0.1',
  port: Number(port),
  tls: null,
  allowedHosts: [],
});
const { signal } = new AbortController();
let events = 0;
workbench.events.subscribe(null, () => {
  events++;
});
const answer = (message: ServerAnswer): void => void process.send?.(message);

async function serve({ kind }: ServerRequest): Promise<void> {
  switch (kind) {
    case 'search': {
      const config = experimentFromPreset('quick', { dataset: TINY_DATASET, trials: 100_000 });
      const recipe = { ...config.recipe, epochs: EPOCHS };
      const subset = { training: { share: 1, most: 30 }, validation: { share: 1, most: 10 } };
      const { id } = await workbench.handlers['experiment.create'](
        { config: { ...config, name: 'scripted', recipe, subset, trialsAtOnce: AT_ONCE, checkpointEverySteps: 0 } },
        signal,
      );
      return answer({ kind, experiment: id });
    }
    case 'memory':
      // What one collection frees goes back to the system a moment later, and some of it only after another.
      for (let round = 0; round < COLLECTIONS; round++) {
        global.gc?.();
        await sleep(COLLECTION_MS);
      }
      return answer({ kind, bytes: process.memoryUsage.rss() });
    case 'events':
      return answer({ kind, count: events });
    case 'procedures':
      return answer({ kind, times: await measureProcedures(workbench, 1) });
    case 'close':
      await close();
      answer({ kind });
      process.disconnect?.();
  }
}

process.on('message', (request: ServerRequest) => void serve(request));
answer({ kind: 'open', address: server.address, link: server.link() });
