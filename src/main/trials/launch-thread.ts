import type { Worker } from 'node:worker_threads';
import { type Death, type Launcher, parseEvent, type TrainerHost } from './trainer-host.ts';
import { startTrainingWorker } from './training-worker.ts';

const HEARTBEAT_MS = 1000;

/**
 * The smallest set-up: the training thread is a thread of this process. A crash in native code closes the application,
 * and TensorFlow's settings are those of this process, which must have been started with them. One at a time: two
 * TensorFlow threads in a process corrupt each other.
 */
export const threadLauncher: Launcher = {
  maximumHosts: 1,
  launch: ({ trainingModule }) => new ThreadHost(trainingModule),
};

class ThreadHost implements TrainerHost {
  readonly pid = null;
  readonly #worker: Worker;
  readonly #counter: Int32Array;
  #error: string | null = null;

  constructor(trainingModule: string) {
    const { worker, counter } = startTrainingWorker(trainingModule);
    this.#worker = worker;
    this.#counter = counter;
    worker.on('error', (error) => {
      this.#error = error instanceof Error ? error.message : String(error);
    });
  }

  send(command: Parameters<TrainerHost['send']>[0]): void {
    this.#worker.postMessage(command);
  }

  onEvent(listener: Parameters<TrainerHost['onEvent']>[0]): void {
    this.#worker.on('message', (message) => {
      const event = parseEvent(message);
      if (event) listener(event);
    });
    const beat = setInterval(() => {
      const residentBytes = process.memoryUsage.rss();
      listener({ kind: 'heartbeat', busyStep: Atomics.load(this.#counter, 0), residentBytes });
    }, HEARTBEAT_MS);
    beat.unref();
    this.#worker.on('exit', () => clearInterval(beat));
  }

  onDeath(listener: (death: Death) => void): void {
    this.#worker.on('exit', (code) => listener({ kind: 'exit', code, error: this.#error }));
  }

  kill(): void {
    void this.#worker.terminate();
  }
}
