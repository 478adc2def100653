import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { Lease, TrainerCommand, TrainerEvent } from '../../shared/records/run.ts';
import { BUSY, SHARED_BYTES, type TrainingThreadData, WISH, WISHES } from './thread-memory.ts';

const HEARTBEAT_MS = 1000;
const KILOBYTE = 1024;
/** Of the thread's JavaScript heap; weights and images are TensorFlow's memory. Ours. */
const LARGEST_HEAP_MEGABYTES = 1024;

/** Linux gives a process what its parent held before it as its own peak. */
const INHERITED_PEAK = process.resourceUsage().maxRSS;

/** The one thread of a process that calls TensorFlow, with its heartbeat; both kinds of host hold one. */
export class TrainingWorker {
  private readonly worker: Worker;
  private readonly memory: Int32Array;
  private lease: Lease | null = null;
  private peakBytes = 0;

  /** `onEnd`: code and error of the thread when it is gone. */
  constructor(
    trainingModule: string,
    listeners: { event: (event: TrainerEvent) => void; end: (code: number, error: Error | null) => void },
  ) {
    const shared = new SharedArrayBuffer(SHARED_BYTES);
    const workerData: TrainingThreadData = { shared, trainingModule };
    this.memory = new Int32Array(shared);
    this.worker = new Worker(new URL('./training-thread.ts', import.meta.url), {
      name: 'cellwright training',
      workerData,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: LARGEST_HEAP_MEGABYTES },
    });
    const beat = setInterval(() => listeners.event(this.heartbeat()), HEARTBEAT_MS).unref();
    let thrown: Error | null = null;
    this.worker.on('message', (event: TrainerEvent) => {
      // So that what the training took is known with its end.
      if (event.kind === 'finished') listeners.event(this.heartbeat());
      listeners.event(event);
    });
    this.worker.on('error', (error) => {
      thrown = error instanceof Error ? error : new Error(String(error));
    });
    this.worker.on('exit', (code) => {
      clearInterval(beat);
      listeners.end(code, thrown);
    });
  }

  /** What may come while the thread is deep in a training goes by shared memory, which it reads between two steps. */
  send(command: TrainerCommand): void {
    switch (command.kind) {
      case 'begin':
        this.lease = command.order.lease;
        Atomics.store(this.memory, WISH, WISHES.indexOf(null));
        break;
      case 'cancel':
        if (isSame(this.lease, command.lease)) Atomics.store(this.memory, WISH, WISHES.indexOf('cancel'));
        return;
      case 'suspend':
        // A cancellation outranks it.
        Atomics.compareExchange(this.memory, WISH, WISHES.indexOf(null), WISHES.indexOf('suspend'));
        return;
      case 'shutdown':
    }
    this.worker.postMessage(command);
  }

  /** At once; an operation of native code is waited for. */
  terminate(): void {
    void this.worker.terminate();
  }

  private heartbeat(): TrainerEvent {
    const busyStep = Atomics.load(this.memory, BUSY);
    const residentBytes = process.memoryUsage.rss();
    const { maxRSS } = process.resourceUsage();
    this.peakBytes = Math.max(this.peakBytes, residentBytes, maxRSS > INHERITED_PEAK ? KILOBYTE * maxRSS : 0);
    return { kind: 'heartbeat', busyStep, residentBytes, peakBytes: this.peakBytes };
  }
}

/**
 * Holds the addon in the process's main thread before a thread loads it. Otherwise Node unloads it with a thread that
 * dies early, and the process crashes at its exit, in handlers that are gone. Throws when it can't be loaded.
 */
export function pinNativeAddon(): void {
  createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node');
}

function isSame(a: Lease | null, b: Lease): boolean {
  return a?.run === b.run && a.epoch === b.epoch;
}
