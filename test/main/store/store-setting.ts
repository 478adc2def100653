import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openStore, type Store } from '../../../src/main/store/store.ts';
import type { NewTrial } from '../../../src/main/store/trials.ts';
import type { WorkbenchEvent } from '../../../src/shared/contract.ts';
import type { LeaderboardQuery } from '../../../src/shared/records/leaderboard.ts';
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

export function newTrial(trial: number, changes: Partial<NewTrial> = {}): NewTrial {
  return {
    experiment: 1,
    trial,
    batch: Math.ceil(trial / 20),
    architecture: NASNET_A,
    hash: `hash ${trial}`,
    origin: 'update 0',
    parent: null,
    logProbability: -84.5474638,
    seed: trial,
    trainableParameters: 3_346_538,
    totalParameters: 3_383_786,
    multiplyAdds: 544_333_312,
    queuedAt: AT,
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

export function completed(reward: number) {
  const outcome = { kind: 'completed', reward, bestAccuracy: reward, bestEpoch: 2 } as const;
  return { outcome, durationMs: 1000, weightsHash: 'a'.repeat(64) };
}
