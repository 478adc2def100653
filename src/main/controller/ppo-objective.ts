import type { Parameters } from './parameters.ts';
import type { Policy } from './policy.ts';
import { addPolicyGradient } from './policy-gradient.ts';
import { chosenLogProbability, entropyAt, optionsStart, type Rollout } from './rollout.ts';

export interface PpoSettings {
  clipRatio: number;
  entropyWeight: number;
}

/** A batch of n architectures with T decisions each, and what is to be learned from it. */
export interface PolicyBatch {
  /** [n][T]: options, counted from 0 within their decision. */
  decisions: readonly (readonly number[])[];
  /** [n]: reward minus baseline. */
  advantages: readonly number[];
  /** [T · n], row t · n + i: log-probability of each decision under the policy that sampled it, in nats. */
  sampledLogProbabilities: Float64Array;
}

/** The policy as it stands, on decisions that were taken before; in the rollout `used`, see `Policy.run`. */
export function replay(policy: Policy, decisions: PolicyBatch['decisions'], used?: Rollout): Rollout {
  return policy.run(decisions.length, (_rollout, t, i) => decisions[i]![t]!, used);
}

/** Log-probability of every decision taken, [T · n], in nats. */
export function decisionLogProbabilities(rollout: Rollout): Float64Array {
  const { count, shape } = rollout;
  const result = new Float64Array(shape.sizes.length * count);
  for (let t = 0; t < shape.sizes.length; t++) {
    for (let i = 0; i < count; i++) result[t * count + i] = chosenLogProbability(rollout, t, i);
  }
  return result;
}

/**
 * The clipped objective of PPO (Schulman et al. 2017, equation 7) with an entropy bonus, to be maximised:
 *
 *   1/n · Σᵢ Σₜ [ min(ρ · A, clip(ρ, 1 - ε, 1 + ε) · A) + β · H ]
 *
 * with ρ the probability of decision t of architecture i now over then, A its advantage and H the softmax's entropy.
 * One ratio a decision, as PPO has one a time step, and sums over an architecture's decisions, are ours: the paper
 * says only that PPO is used.
 */
export function ppoObjective(rollout: Rollout, batch: PolicyBatch, settings: PpoSettings): number {
  let sum = 0;
  for (let t = 0; t < rollout.shape.sizes.length; t++) {
    for (let i = 0; i < rollout.count; i++) {
      const { surrogate } = clippedSurrogate(rollout, batch, settings, t, i);
      sum += surrogate + settings.entropyWeight * entropyAt(rollout, t, i);
    }
  }
  return sum / rollout.count;
}

/** Adds the objective's derivative by every weight to `gradient`. */
export function addPpoGradient(
  policy: Policy,
  rollout: Rollout,
  batch: PolicyBatch,
  settings: PpoSettings,
  gradient: Parameters,
): void {
  const { count, shape, probabilities, logProbabilities } = rollout;
  const logitGradient = policy.scratch('logitGradient', probabilities.length);
  for (let t = 0; t < shape.sizes.length; t++) {
    for (let i = 0; i < count; i++) {
      const start = optionsStart(rollout, t, i);
      const { slope } = clippedSurrogate(rollout, batch, settings, t, i);
      const entropy = entropyAt(rollout, t, i);
      for (let k = start; k < start + shape.sizes[t]!; k++) {
        const p = probabilities[k]!;
        const byEntropy = p > 0 ? -p * (logProbabilities[k]! + entropy) : 0;
        logitGradient[k] = (-slope * p + settings.entropyWeight * byEntropy) / count;
      }
      logitGradient[start + rollout.chosen[t * count + i]!]! += slope / count;
    }
  }
  addPolicyGradient(policy, rollout, logitGradient, gradient);
}

/** The clipped term of one decision, and its derivative by the decision's log-probability. */
function clippedSurrogate(
  rollout: Rollout,
  batch: PolicyBatch,
  { clipRatio }: PpoSettings,
  t: number,
  i: number,
): { surrogate: number; slope: number } {
  const advantage = batch.advantages[i]!;
  const ratio = Math.exp(chosenLogProbability(rollout, t, i) - batch.sampledLogProbabilities[t * rollout.count + i]!);
  const clipped = Math.min(Math.max(ratio, 1 - clipRatio), 1 + clipRatio);
  if (ratio * advantage <= clipped * advantage) return { surrogate: ratio * advantage, slope: ratio * advantage };
  return { surrogate: clipped * advantage, slope: 0 };
}
