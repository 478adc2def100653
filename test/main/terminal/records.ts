import { experimentFromPreset } from '../../../src/shared/presets.ts';
import type { Experiment, Trial } from '../../../src/shared/records/experiment.ts';
import { architectureHash } from '../../../src/shared/search-space/canonical.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';

/** A stored experiment of the quick preset, as the workbench tells it. */
export function makeExperiment(changes: Partial<Experiment> = {}, trials = 6): Experiment {
  return {
    id: 1,
    config: experimentFromPreset('quick', { dataset: 'cifar10', trials }),
    state: 'running',
    restsAs: null,
    message: null,
    createdAt: '2026-01-31T14:25:07.000Z',
    finishedAt: null,
    runningMs: 0,
    overheadMs: 0,
    counts: { queued: 0, running: 0, completed: 0, failed: 0, pruned: 0, cancelled: 0 },
    repeats: { queued: 0, running: 0 },
    lastTrial: 0,
    trashed: 0,
    twinOf: null,
    best: null,
    ...changes,
  };
}

/** A stored trial that completed, unless the changes say otherwise. */
export function makeTrial(trial: number, changes: Partial<Trial> = {}): Trial {
  return {
    experiment: 1,
    trial,
    run: 1,
    purpose: 'proposal',
    state: 'completed',
    architecture: NASNET_A,
    hash: architectureHash(NASNET_A),
    origin: 'update 1',
    parent: null,
    batch: 1,
    logProbability: -84.5,
    seed: 7,
    reusedFrom: null,
    reward: 0.41,
    bestAccuracy: 0.43,
    bestEpoch: 2,
    failure: null,
    message: null,
    weightsHash: null,
    weights: null,
    trainableParameters: 105_000,
    totalParameters: 107_000,
    multiplyAdds: 12_300_000,
    attempts: 1,
    reducedBatchSize: null,
    queuedAt: '2026-01-31T14:25:07.000Z',
    startedAt: '2026-01-31T14:25:08.000Z',
    finishedAt: '2026-01-31T14:25:38.000Z',
    trashedAt: null,
    durationMs: 30_000,
    step: 250,
    steps: 250,
    ...changes,
  };
}
