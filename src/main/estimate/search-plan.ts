import type { Scale, SearchSpace } from '../../shared/records/architecture.ts';
import type { SearchEstimate } from '../../shared/records/estimate.ts';
import type { ExperimentConfig } from '../../shared/records/experiment.ts';
import type { TrainSpec } from '../../shared/records/run.ts';
import { NASNET_A } from '../../shared/search-space/cells.ts';
import { type Cost, cost } from '../../shared/search-space/cost.ts';
import { planNetwork } from '../../shared/search-space/plan-network.ts';
import { architectureByChance } from '../search/strategies/random-search.ts';
import { countSteps } from '../training/schedule.ts';
import type { Calibration } from './calibration.ts';

type Range = SearchEstimate['trialMs'];

/** Children whose work is reckoned. Ours: enough for a tenth and nine tenths. */
const SAMPLED = 40;
const SAMPLE_SEED = 1;
/** Milliseconds a byte to hand a data set to a session: 812 ms for 150 MB, as measured. */
const MS_PER_RESIDENT_BYTE = 812 / 150e6;

/** Work of children of a search space as parts of NASNet-A's at the same scale, drawn uniformly; see `workOf`. */
export function sampleWork(space: SearchSpace, scale: Scale): number[] {
  const unit = cost(planNetwork(NASNET_A, scale));
  return Array.from({ length: SAMPLED }, (_, index) =>
    workOf(cost(planNetwork(architectureByChance(space, SAMPLE_SEED, index + 1), scale)), unit),
  );
}

/**
 * A child's time for a step over another's: half by their multiply-adds and half by the numbers that their layers hand
 * on, since pooling, normalisation and separable convolutions are bound by memory. Ours.
 */
export function workOf(child: Cost, unit: Cost): number {
  return (child.multiplyAdds / unit.multiplyAdds + child.activations.training / unit.activations.training) / 2;
}

/** Milliseconds of trials that a calibration foretells: start, images, and epochs by the work of each sampled child. */
export function foretellTrials(
  { imageMs, startMs }: Calibration,
  spec: Pick<TrainSpec, 'recipe' | 'subset' | 'limits'>,
  work: readonly number[],
  residentBytes: number,
): number[] {
  const { steps, batchSize } = countSteps(spec);
  const trained = steps * batchSize * imageMs;
  const fixed = startMs + residentBytes * MS_PER_RESIDENT_BYTE;
  return work.map((part) => fixed + part * trained).map((ms) => limited(ms, spec.limits.timeLimitMs));
}

export function trialRange(trialsMs: readonly number[]): Range {
  const sorted = trialsMs.toSorted((a, b) => a - b);
  return { low: quantile(sorted, 0.1), likely: quantile(sorted, 0.5), high: quantile(sorted, 0.9) };
}

/**
 * The whole search: the controller learns when a batch is trained, so each batch takes as many rounds as its trials
 * need places. Over many trials times even out, so its range is narrower than that of one.
 */
export function searchRange(trialsMs: readonly number[], config: ExperimentConfig): Range {
  const { budget, strategy, trialsAtOnce } = config;
  const { batchSize } = strategy;
  const whole = Math.floor(budget.trials / batchSize);
  const roundsOf = (trials: number): number => Math.ceil(trials / trialsAtOnce);
  const rounds = whole * roundsOf(batchSize) + roundsOf(budget.trials % batchSize);
  const sorted = trialsMs.toSorted((a, b) => a - b);
  const mean = trialsMs.reduce((sum, ms) => sum + ms, 0) / trialsMs.length;
  // What is in training when the time is over is trained to its end.
  const within = (ms: number): number =>
    budget.timeLimitMs === 0 ? ms : Math.min(ms, budget.timeLimitMs + quantile(sorted, 0.9));
  const [low, likely, high] = [quantile(sorted, 0.25), mean, quantile(sorted, 0.75)].map((ms) => within(rounds * ms));
  return { low: Math.min(low!, likely!), likely: likely!, high: Math.max(high!, likely!) };
}

function limited(ms: number, limitMs: number): number {
  return limitMs === 0 ? ms : Math.min(ms, limitMs);
}

function quantile(sorted: readonly number[], part: number): number {
  const place = part * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? 0;
  const high = sorted[Math.ceil(place)] ?? low;
  return low + (high - low) * (place - Math.floor(place));
}
