import type { UpdateReport } from '../../shared/records/controller.ts';
import type { PolicyBatch } from './ppo-objective.ts';
import { chosenLogProbability, entropyAt, optionsStart, type Rollout } from './rollout.ts';

export interface UpdateFacts {
  update: number;
  proposals: number[];
  ignored: number;
  rewards: number[];
  batch: PolicyBatch;
  baseline: number;
  /** The batch under the policy that sampled it, and under the one that the update made of it. */
  before: Rollout;
  after: Rollout;
  clipRatio: number;
  gradientNorm: number;
  epochs: number;
  skippedEpochs: number;
}

export function describeUpdate(facts: UpdateFacts): UpdateReport {
  const { before, after } = facts;
  const ratios = sortedRatios(after, facts.batch);
  const outside = ratios.filter((ratio) => Math.abs(ratio - 1) > facts.clipRatio).length;
  const { sizes } = before.shape;
  return {
    update: facts.update,
    proposals: facts.proposals,
    ignored: facts.ignored,
    rewards: facts.rewards,
    advantages: [...facts.batch.advantages],
    baseline: facts.baseline,
    meanEntropy: meanEntropy(before),
    maximumEntropy: sizes.reduce((sum, size) => sum + Math.log(size), 0) / sizes.length,
    meanProbabilities: sizes.map((_, t) => meanProbabilities(before, t)),
    ratio: { p5: quantile(ratios, 0.05), p50: quantile(ratios, 0.5), p95: quantile(ratios, 0.95) },
    clipFraction: outside / ratios.length,
    divergence: divergence(before, after),
    gradientNorm: facts.gradientNorm,
    epochs: facts.epochs,
    skippedEpochs: facts.skippedEpochs,
  };
}

function sortedRatios(after: Rollout, batch: PolicyBatch): Float64Array {
  const ratios = new Float64Array(batch.sampledLogProbabilities.length);
  for (let t = 0; t < after.shape.sizes.length; t++) {
    for (let i = 0; i < after.count; i++) {
      const row = t * after.count + i;
      const ratio = Math.exp(chosenLogProbability(after, t, i) - batch.sampledLogProbabilities[row]!);
      // JSON has no infinity.
      ratios[row] = Math.min(ratio, Number.MAX_VALUE);
    }
  }
  return ratios.sort();
}

/** The value at a fraction of the way through a sorted list, between neighbours in proportion. */
function quantile(sorted: Float64Array, fraction: number): number {
  const place = fraction * (sorted.length - 1);
  const low = Math.floor(place);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (place - low) * (sorted[high]! - sorted[low]!);
}

function meanEntropy(rollout: Rollout): number {
  const { sizes } = rollout.shape;
  let sum = 0;
  for (let t = 0; t < sizes.length; t++) {
    for (let i = 0; i < rollout.count; i++) sum += entropyAt(rollout, t, i);
  }
  return sum / (sizes.length * rollout.count);
}

function meanProbabilities(rollout: Rollout, t: number): number[] {
  const mean = new Array<number>(rollout.shape.sizes[t]!).fill(0);
  for (let i = 0; i < rollout.count; i++) {
    const start = optionsStart(rollout, t, i);
    for (let k = 0; k < mean.length; k++) mean[k]! += rollout.probabilities[start + k]! / rollout.count;
  }
  return mean;
}

/** Σₜ Σₖ p_before · ln(p_before / p_after), averaged over the architectures. */
function divergence(before: Rollout, after: Rollout): number {
  let sum = 0;
  for (let k = 0; k < before.probabilities.length; k++) {
    const probability = before.probabilities[k]!;
    if (probability > 0) sum += probability * (before.logProbabilities[k]! - after.logProbabilities[k]!);
  }
  return sum / before.count;
}
