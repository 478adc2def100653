import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { TrainHooks, TrainResult } from '../../../src/main/training/train-child.ts';
import type { RunOrder } from '../../../src/shared/records/run.ts';

// A training without TensorFlow, for a trainer host that the bundle starts: it goes on until the home folder holds a
// file `finish`, and saves and rests when it is asked to.

export function tensorFlowVersion(): string {
  return 'none';
}

export async function carryOutRun(_order: RunOrder, hooks: TrainHooks): Promise<TrainResult> {
  const finish = join(process.env.CELLWRIGHT_HOME ?? '', 'finish');
  for (let step = 1; ; step++) {
    await setTimeout(10);
    const wish = hooks.shouldStop();
    if (wish === 'suspend') return { kind: 'suspended', step, durationMs: 1 };
    const outcome = wish === 'cancel' ? ({ kind: 'cancelled', message: 'cancelled' } as const) : COMPLETED;
    hooks.onProgress({ epoch: 1, step, steps: 1_000, loss: 1, stepMs: 10 });
    if (wish !== 'cancel' && !existsSync(finish)) continue;
    return {
      kind: 'finished',
      outcome,
      epochs: [],
      durationMs: 1,
      weightsHash: null,
      weights: null,
      timings: {},
      exact: true,
    };
  }
}

const COMPLETED = { kind: 'completed', reward: 0.5, bestAccuracy: 0.5, bestEpoch: 1 } as const;
