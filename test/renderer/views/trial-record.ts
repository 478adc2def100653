import type { Trial } from '../../../src/shared/records/experiment.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';

const AT = '2030-01-02T03:04:05.678Z';

/** A finished trial of NASNet-A, with what a test needs to be otherwise. */
export function trialRecord(changes: Partial<Trial> = {}): Trial {
  return {
    experiment: 1,
    trial: 1,
    run: 1,
    purpose: 'proposal',
    state: 'completed',
    architecture: NASNET_A,
    hash: 'a'.repeat(64),
    origin: 'update 0',
    parent: null,
    batch: 1,
    logProbability: -84.5,
    seed: 11,
    reusedFrom: null,
    reward: 0.612,
    bestAccuracy: 0.617,
    bestEpoch: 2,
    failure: null,
    message: null,
    weightsHash: 'b'.repeat(64),
    weights: null,
    trainableParameters: 3_346_538,
    totalParameters: 3_383_786,
    multiplyAdds: 544_333_312,
    attempts: 1,
    reducedBatchSize: null,
    queuedAt: AT,
    startedAt: AT,
    finishedAt: AT,
    trashedAt: null,
    durationMs: 94_000,
    step: 8,
    steps: 8,
    ...changes,
  };
}
