import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { RunEnd } from '../../../src/main/store/runs.ts';
import { openStore, type Store } from '../../../src/main/store/store.ts';
import type { NewTrial } from '../../../src/main/store/trials.ts';
import type { WorkbenchEvent } from '../../../src/shared/contract.ts';
import type { Architecture } from '../../../src/shared/records/architecture.ts';
import type { LeaderboardQuery } from '../../../src/shared/records/leaderboard.ts';
import type { Lease, TrainSpec } from '../../../src/shared/records/run.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';
import { scratchFolder, smallConfig } from '../workbench/small-project.ts';

export const AT = '2030-01-02T03:04:05.678Z';

/** Trials in the order that the leaderboard has by itself. */
export const BY_REWARD: LeaderboardQuery = {
  mode: 'trials',
  filter: '',
  sort: { column: 'reward', isAscending: false },
  isTrash: false,
};

/** A folder that is gone when the test is. */
export function newFolder(): string {
  const { folder, remove } = scratchFolder();
  onTestFinished(remove);
  return join(folder, 'project');
}

export function openTestStore(folder = newFolder()): { store: Store; events: WorkbenchEvent[]; folder: string } {
  const events: WorkbenchEvent[] = [];
  const store = openStore(
    folder,
    (event) => events.push(event),
    () => new Date(),
  );
  onTestFinished(() => store.close().catch(() => undefined));
  return { store, events, folder };
}

/** What trains an architecture in the small search. */
export function newSpec(seed: number, architecture: Architecture = NASNET_A): TrainSpec {
  const { recipe, scale, reward, limits } = smallConfig();
  return {
    version: 1,
    kind: 'train',
    architecture,
    scale: { ...scale, stem: 'cifar', height: 8, width: 8, channels: 3, classes: 2 },
    recipe,
    subset: { training: 30, validation: 10 },
    dataset: { ref: { name: 'small', version: 1 }, identity: '0'.repeat(64) },
    splitSeed: 1,
    seed,
    reward,
    limits,
  };
}

export function newTrial(trial: number, changes: Partial<NewTrial> = {}): NewTrial {
  const seed = changes.seed ?? trial;
  return {
    experiment: 1,
    trial,
    proposal: trial,
    batch: Math.ceil(trial / 20),
    architecture: NASNET_A,
    hash: `hash ${trial}`,
    origin: 'update 0',
    parent: null,
    logProbability: -84.5474638,
    seed,
    trainableParameters: 3_346_538,
    totalParameters: 3_383_786,
    multiplyAdds: 544_333_312,
    queuedAt: AT,
    spec: newSpec(seed, changes.architecture),
    ...changes,
  };
}

/** An experiment of so many queued trials. */
export function fill(store: Store, trials: number): void {
  store.transaction(() => {
    store.experiments.create(smallConfig(), AT);
    store.trials.add(Array.from({ length: trials }, (_, index) => newTrial(index + 1)));
  });
}

/** Begins a run of a trial of experiment 1 under a new lease; null where it is finished. */
export function begin(store: Store, trial: number, { run = 1, at = AT } = {}): Lease | null {
  return store.transaction(() => {
    const lease = store.runs.lease(store.rows.idOf(1, trial, run));
    if (lease) store.runs.begin(lease, at);
    return lease;
  });
}

/** Begins a run and ends it, in one transaction. */
export function finish(store: Store, trial: number, end: RunEnd, run = 1): void {
  store.transaction(() => store.runs.finish(begin(store, trial, { run })!, end, AT));
}

export function completed(reward: number): RunEnd {
  const outcome = { kind: 'completed', reward, bestAccuracy: reward, bestEpoch: 2 } as const;
  return { outcome, durationMs: 1000, weightsHash: 'a'.repeat(64), weights: null };
}
