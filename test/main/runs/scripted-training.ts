import { createHash, pbkdf2Sync } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tensorFlow } from '../../../src/main/tensor/backend.ts';
import { type CheckpointContent, readCheckpoint } from '../../../src/main/training/checkpoint.ts';
import type { TrainHooks, TrainResult } from '../../../src/main/training/train-child.ts';
import type { Placement, RunOrder } from '../../../src/shared/records/run.ts';
import { WorkbenchError } from '../../../src/shared/workbench-error.ts';

/**
 * A training without TensorFlow that does what a test tells it in the order's `datasetFolder`, as JSON. Its state is a
 * number that depends on every step, so a step that is lost or done twice shows in the hash.
 */
export interface Script {
  readonly steps: number;
  readonly stepMs: number;
  readonly fault?: {
    readonly kind: FaultKind;
    readonly step: number;
    readonly times: number;
    /** Inside of the step's checkpoint and not after the step. */
    readonly inCheckpoint?: boolean;
  };
  /** An end other than the completed training. */
  readonly outcome?: 'out_of_memory' | 'nan_loss';
  /** Runs a real operation of TensorFlow in every step. */
  readonly usesTensorFlow?: boolean;
  /** Bytes that are held from this step on. */
  readonly grow?: { readonly step: number; readonly bytes: number };
}
export type FaultKind = 'abort' | 'segv' | 'exit' | 'heap' | 'hang' | 'busy' | 'native' | 'throw' | 'late' | 'refuse';

/** Faults that come before and after any training: `?import=segv`, `?exit=segv`. */
const early = new URL(import.meta.url).searchParams;
if (early.get('import')) await fail(early.get('import') as FaultKind);
if (early.get('exit')) process.on('exit', () => void fail(early.get('exit') as FaultKind));

interface TensorFlow {
  zeros(shape: number[]): unknown;
  ones(shape: number[]): unknown;
  tidy<T>(work: () => T): T;
  matMul(a: unknown, b: unknown): { dataSync(): ArrayLike<number> };
  node: { encodePng(image: unknown): Promise<unknown> };
}
const held: Uint8Array[] = [];
const STEPS_AN_EPOCH = 10;
const NOTHING = '0'.repeat(64);

export function tensorFlowVersion(): string {
  return 'none';
}

export async function carryOutRun(order: RunOrder, hooks: TrainHooks): Promise<TrainResult> {
  const { placement } = order;
  const script: Script = JSON.parse(placement.datasetFolder);
  let { step, state } = start(order);
  for (; step < script.steps; ) {
    await new Promise((resolve) => setTimeout(resolve, script.stepMs));
    const wish = hooks.shouldStop();
    if (wish === 'cancel') return finished(order, { kind: 'cancelled', message: 'cancelled' }, null);
    if (wish === 'suspend') {
      await hooks.saveCheckpoint(() => content(step, state));
      return { kind: 'suspended', step, durationMs: 1 };
    }
    step++;
    state = Math.imul(state ^ step, 0x9e3779b1) >>> 0;
    hooks.onProgress({
      epoch: 1 + Math.floor(step / STEPS_AN_EPOCH),
      step,
      steps: script.steps,
      loss: 1,
      stepMs: script.stepMs,
    });
    if (step % STEPS_AN_EPOCH === 0) hooks.onEpoch(epochRecord(step / STEPS_AN_EPOCH));
    if (script.usesTensorFlow) multiply();
    if (script.grow?.step === step) held.push(new Uint8Array(script.grow.bytes).fill(1));
    const { fault } = script;
    const failsNow = fault?.step === step && isStillToFail(placement, fault.times);
    if (failsNow && !fault.inCheckpoint) await fail(fault.kind);
    if (placement.checkpointEverySteps > 0 && step % placement.checkpointEverySteps === 0) {
      await hooks.saveCheckpoint(() => {
        if (failsNow) void fail(fault.kind);
        return content(step, state);
      });
    }
  }
  if (script.outcome) return finished(order, { kind: 'failed', reason: script.outcome, message: script.outcome }, null);
  const hash = createHash('sha256').update(String(state)).digest('hex');
  return finished(order, { kind: 'completed', reward: 0.5, bestAccuracy: 0.5, bestEpoch: 1 }, hash);
}

function seedOf({ spec }: RunOrder): number {
  return spec.kind === 'evaluate' ? 0 : spec.seed;
}

function start(order: RunOrder): { step: number; state: number } {
  if (order.resumeFrom === null) return { step: 0, state: seedOf(order) };
  const { progress, body } = readCheckpoint(order.resumeFrom.file);
  return { step: progress.step, state: new DataView(body.buffer).getUint32(0) };
}

function content(step: number, state: number): CheckpointContent {
  const body = new Uint8Array(4);
  new DataView(body.buffer).setUint32(0, state);
  return {
    identity: {
      version: 1,
      architecture: NOTHING,
      scale: NOTHING,
      recipe: NOTHING,
      dataset: NOTHING,
      split: NOTHING,
      seed: 1,
    },
    environment: { node: '', tensorflow: '', platform: '', device: '', oneDnn: '', intraOpThreads: '' },
    progress: { step, epochs: [], lossSum: 0, correct: 0, epochMs: 0, elapsedMs: 0 },
    layout: [],
    body,
  };
}

function epochRecord(epoch: number) {
  return {
    epoch,
    trainingLoss: 1,
    trainingAccuracy: 0.5,
    validationLoss: 1,
    validationAccuracy: 0.5,
    learningRate: 0.1,
    dropPathKeep: 1,
    durationMs: 1,
  };
}

function finished(
  order: RunOrder,
  outcome: Extract<TrainResult, { kind: 'finished' }>['outcome'],
  weightsHash: string | null,
): TrainResult {
  return {
    kind: 'finished',
    outcome,
    epochs: [],
    durationMs: seedOf(order),
    weightsHash,
    weights: null,
    timings: {},
    exact: true,
  };
}

function multiply(): void {
  const tf = tensorFlow() as unknown as TensorFlow;
  const product = tf.tidy(() => tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])).dataSync());
  if (product[0] !== 64) throw new Error(`64 ones make ${product[0]}`);
}

/** Faults are counted in a file beside the checkpoints of all leases. */
function isStillToFail({ checkpointFolder }: Placement, times: number): boolean {
  for (let time = 0; time < times; time++) {
    const mark = join(dirname(checkpointFolder), `fault-${time}`);
    if (existsSync(mark)) continue;
    writeFileSync(mark, '');
    return true;
  }
  return false;
}

async function fail(kind: FaultKind): Promise<void> {
  switch (kind) {
    case 'abort':
      process.kill(process.pid, 'SIGABRT');
      break;
    case 'segv':
      process.kill(process.pid, 'SIGSEGV');
      break;
    case 'exit':
      process.exit(3);
      break;
    case 'heap': {
      const held: unknown[] = [];
      for (;;) held.push(new Array(1_000_000).fill(held.length));
    }
    case 'hang':
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      break;
    case 'busy':
      // Deep in native code, where nothing but the end of the process reaches it.
      pbkdf2Sync('', '', 2_000_000_000, 32, 'sha512');
      break;
    case 'late':
      setImmediate(() => {
        throw new Error('thrown outside of the training');
      });
      await new Promise(() => undefined);
      break;
    case 'native': {
      // An image without rows: libtensorflow's own check ends the process.
      const tf = tensorFlow() as unknown as TensorFlow;
      await tf.node.encodePng(tf.zeros([0, 28, 3]));
      break;
    }
    case 'throw':
      throw new TypeError('a bug in the training');
    case 'refuse':
      throw new WorkbenchError('disk_full', 'The disk is full.');
  }
}
