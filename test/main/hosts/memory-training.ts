import { Graph } from '../../../src/main/tensor/graph.ts';
import { fill } from '../../../src/main/tensor/operations/array.ts';
import { Session } from '../../../src/main/tensor/session.ts';
import * as real from '../../../src/main/training/carry-out-run.ts';
import type { TrainHooks, TrainResult } from '../../../src/main/training/train-child.ts';
import type { RunOrder } from '../../../src/shared/records/run.ts';

/** By run: the largest batch whose memory suffices, and the step after which a larger one's does not. */
export type MemoryPlan = Readonly<Record<number, { readonly fits: number; readonly step: number }>>;

const plan: MemoryPlan = JSON.parse(process.env.MEMORY_PLAN ?? '{}');

/** 2^50 bytes: more than a process can address, so it is refused on every machine, and nothing is taken. */
const SIDE = 2 ** 24;

/** The real training, in which TensorFlow itself runs out of memory where the plan says so. */
export async function carryOutRun(order: RunOrder, hooks: TrainHooks): Promise<TrainResult> {
  const planned = plan[order.lease.run];
  if (!planned || order.spec.recipe.batchSize <= planned.fits) return await real.carryOutRun(order, hooks);
  return await real.carryOutRun(order, {
    ...hooks,
    clock: () => hooks.clock(),
    onProgress: (progress) => {
      hooks.onProgress(progress);
      if (progress.step === planned.step) allocateTooMuch();
    },
  });
}

export function allocateTooMuch(): void {
  const graph = new Graph();
  const huge = fill(graph.constant(1, 'float32'), [SIDE, SIDE]);
  const session = Session.open(graph);
  try {
    session.run([huge]);
  } finally {
    session.close();
  }
}
