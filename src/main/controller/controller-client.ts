import { Worker } from 'node:worker_threads';
import type { UpdateReport } from '../../shared/records/controller.ts';
import type { PpoStrategy } from '../../shared/records/strategy.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { ControllerProposal, ControllerResult } from './controller.ts';
import type {
  ControllerAnswer,
  ControllerCall,
  ControllerMethod,
  ControllerMethods,
  ControllerThreadData,
} from './thread-protocol.ts';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The controller in a thread of its own, so that an update of a second does not hold up whoever asks for it. */
export class ControllerClient {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 1;
  /** Why no call can be made any more; null while the thread lives. */
  private ended: WorkbenchError | null = null;

  /** `sizes`: options of each of the 2 x 5B decisions. */
  constructor(config: PpoStrategy, sizes: readonly number[], seed: number) {
    const workerData: ControllerThreadData = { config, sizes, seed };
    this.worker = startThread(workerData);
    this.worker.on('message', (answer: ControllerAnswer) => this.settle(answer));
    this.worker.on('error', (error) => this.end(threadLost(error.message, error)));
    this.worker.on('exit', (code) => this.end(threadLost(`it ended with exit code ${code}`)));
    this.worker.unref();
  }

  ask(count: number): Promise<ControllerProposal[]> {
    return this.call('ask', count);
  }

  tell(results: readonly ControllerResult[]): Promise<UpdateReport | null> {
    return this.call('tell', results);
  }

  snapshot(): Promise<Uint8Array> {
    return this.call('snapshot', null);
  }

  async restore(bytes: Uint8Array): Promise<void> {
    await this.call('restore', bytes);
  }

  /** Ends the thread; calls under way are refused as `cancelled`. */
  async close(): Promise<void> {
    this.end(new WorkbenchError('cancelled', 'The controller was closed; start the search again to go on.'));
    await this.worker.terminate();
  }

  private call<Method extends ControllerMethod>(
    method: Method,
    input: ControllerMethods[Method]['input'],
  ): Promise<ControllerMethods[Method]['output']> {
    if (this.ended !== null) return Promise.reject(this.ended);
    const id = this.nextId++;
    // Only while somebody waits does the thread keep the program alive.
    this.worker.ref();
    return new Promise<ControllerMethods[Method]['output']>((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      this.worker.postMessage({ id, method, input } as ControllerCall);
    });
  }

  private settle(answer: ControllerAnswer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if (this.waiting.size === 0) this.worker.unref();
    if (answer.kind === 'value') waiting?.resolve(answer.value);
    else waiting?.reject(new WorkbenchError(answer.code, answer.message));
  }

  private end(reason: WorkbenchError): void {
    this.ended ??= reason;
    for (const { reject } of this.waiting.values()) reject(this.ended);
    this.waiting.clear();
  }
}

/** The one place that knows where the thread's program lies. */
function startThread(workerData: ControllerThreadData): Worker {
  return new Worker(new URL('./controller-thread.ts', import.meta.url), {
    name: 'cellwright controller',
    workerData,
    execArgv: [],
  });
}

function threadLost(reason: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError(
    'internal',
    `The controller’s thread is gone (${reason}); resume the search to go on from its last snapshot.`,
    { cause },
  );
}
