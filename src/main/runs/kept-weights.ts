import type { RunTools } from './run-tools.ts';

/** Lets go of the weights of all but an experiment's best so many trials, and says so. */
export function trimWeights(tools: RunTools, experiment: number, kept: number): void {
  const { store, artifacts, tell } = tools;
  const released = store.transaction(() => {
    const beyond = store.runs.withWeightsBeyond(experiment, kept);
    for (const { run } of beyond) store.runs.releaseWeights(run);
    // In the same turn as the rows: an equal file may be kept anew in the next.
    return beyond.filter(({ weights }) => {
      if (store.runs.usesWeights(weights)) return false;
      store.artifacts.remove(weights);
      return true;
    });
  });
  for (const { weights } of released) artifacts.remove(weights);
  for (const { run } of released) {
    const trial = store.rows.ownerOf(run)?.trial ?? null;
    tell('info', `The weights of trial ${trial} are kept no longer: ${kept} others are better.`, { experiment, trial });
  }
}
