import { createHash } from 'node:crypto';
import { openStore } from '../store/store.ts';

/** What a search left, in lines that must be equal bit for bit however often it was interrupted. */
export interface SearchResults {
  /** One a trial: number, state, architecture, reward, hash of the weights, curve. */
  readonly trials: readonly string[];
  /** One an update of the strategy, and its whole state after the last one. */
  readonly strategy: readonly string[];
}

/** Reads the only experiment of a closed project. Numbers are written so that every bit shows. */
export async function readResults(projectFolder: string): Promise<SearchResults> {
  const store = openStore(
    projectFolder,
    () => undefined,
    () => new Date(),
  );
  try {
    const [experiment] = store.experiments.list();
    if (!experiment) throw new Error(`${projectFolder} has no experiment`);
    const snapshot = store.updates.latest(experiment.id)?.snapshot ?? new Uint8Array();
    return {
      trials: store.trials
        .list(experiment.id)
        .map(({ trial, run, state, hash, seed, logProbability, reusedFrom, reward, failure, weightsHash }) => {
          const id = store.rows.idOf(experiment.id, trial, run);
          const epochs = reusedFrom === null ? store.epochs.list(id) : [];
          const curve = epochs.map(({ durationMs: _, ...epoch }) => epoch);
          const facts = {
            trial,
            run,
            state,
            hash,
            seed,
            logProbability,
            reusedFrom,
            reward,
            failure,
            weightsHash,
            curve,
          };
          return JSON.stringify(facts);
        }),
      strategy: [
        ...store.updates.reports(experiment.id).map((report) => JSON.stringify(report)),
        createHash('sha256').update(snapshot).digest('hex'),
      ],
    };
  } finally {
    await store.close();
  }
}

/** The first difference between two searches, or null. */
export function firstDifference(calm: SearchResults, disturbed: SearchResults): string | null {
  for (const part of ['trials', 'strategy'] as const) {
    const count = Math.max(calm[part].length, disturbed[part].length);
    for (let index = 0; index < count; index++) {
      const [wanted, found] = [calm[part][index], disturbed[part][index]];
      if (wanted !== found) return `${part} ${index + 1}: ${found ?? 'missing'} instead of ${wanted ?? 'nothing'}`;
    }
  }
  return null;
}
