import type { Trial } from '../../../shared/records/experiment.ts';

/**
 * Mean and sample standard deviation of the rewards of a trial's runs, as fractions; null for fewer than two. Runs
 * without a reward, and those in the trash, are left out.
 */
export function meanOfRuns(
  runs: readonly Pick<Trial, 'reward' | 'trashedAt'>[],
): { readonly mean: number; readonly deviation: number } | null {
  const rewards = runs.flatMap(({ reward, trashedAt }) => (reward === null || trashedAt !== null ? [] : [reward]));
  if (rewards.length < 2) return null;
  const mean = sum(rewards) / rewards.length;
  const squares = rewards.map((reward) => (reward - mean) ** 2);
  return { mean, deviation: Math.sqrt(sum(squares) / (rewards.length - 1)) };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
