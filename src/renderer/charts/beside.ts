import type { Experiment } from '../../shared/records/experiment.ts';

/** The search that one is held against: its random twin, or for a twin the search that it stands beside. */
export function twinOf(experiment: Experiment, all: Iterable<Experiment>): Experiment | null {
  for (const other of all) {
    if (other.twinOf === experiment.id || other.id === experiment.twinOf) return other;
  }
  return null;
}

/** How many searches there are that differ from one in nothing but their names and seeds, itself counted. */
export function runsLike(experiment: Experiment, all: Iterable<Experiment>): number {
  const own = likeness(experiment);
  let count = 0;
  for (const other of all) if (likeness(other) === own) count++;
  return count;
}

const likeness = ({ config }: Experiment): string => JSON.stringify({ ...config, name: '', seed: 0, preset: '' });
