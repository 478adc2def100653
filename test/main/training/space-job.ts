import { spaceOrder } from '../../../src/main/bench/space.ts';
import type { SpaceCase } from '../../../src/main/bench/space-cases.ts';
import type { TrainJob } from '../../../src/main/training/train-job.ts';

/** A case of the space bench as the training thread takes it. */
export function spaceJob(one: SpaceCase, folder: string): TrainJob {
  const { spec, placement, resumeFrom } = spaceOrder(one, folder);
  if (spec.kind === 'evaluate') throw new Error('a case is trained');
  return { ...spec, ...placement, resumeFrom };
}
