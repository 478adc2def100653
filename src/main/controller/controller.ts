import { deriveSeed, randomUnit } from '../../shared/random.ts';
import type { UpdateReport } from '../../shared/records/controller.ts';
import type { PpoStrategy } from '../../shared/records/strategy.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { ascend, initialAdamState } from './adam.ts';
import { initialParameters, type Parameters, type PolicyShape, parametersOver } from './parameters.ts';
import { type Choose, Policy } from './policy.ts';
import { addPpoGradient, decisionLogProbabilities, type PolicyBatch, replay } from './ppo-objective.ts';
import { architectureLogProbability, decisionsOf, type Rollout } from './rollout.ts';
import { type ControllerState, readSnapshot, writeSnapshot } from './snapshot.ts';
import { describeUpdate } from './update-report.ts';

export interface ControllerProposal {
  /** Counted from 1. */
  number: number;
  /** Options of the 2 x 5B decisions, counted from 0 within each. */
  decisions: number[];
  /** Under the policy that sampled it, in nats. */
  logProbability: number;
  /** Updates that this policy had seen. */
  update: number;
}

export interface ControllerResult {
  number: number;
  decisions: readonly number[];
  logProbability: number;
  /** A fraction; a result whose reward is not finite, or absurdly large, is left out. */
  reward: number;
}

/**
 * How far a proposal's log-probability may lie from what the policy gives for it now, in nats. Both are the same
 * number on one machine; another one may round its exponential differently.
 */
const LOG_PROBABILITY_TOLERANCE = 1e-6;

/** Beyond this a reward is no accuracy but a fault, and its square could leave the range of numbers. */
const LARGEST_REWARD = 1e6;

/**
 * The search's controller: samples architectures and learns from their rewards by PPO (paper A.2). What it proposes
 * is a function of its seed, its weights and the proposal's number, so a proposal asked for again, alone or in a
 * batch, is the same one. Synchronous; a batch is told to the policy that sampled it.
 */
export class Controller {
  private readonly config: PpoStrategy;
  private readonly seed: number;
  private readonly samplingSeed: number;
  private readonly shape: PolicyShape;
  private readonly policy: Policy;
  private readonly state: ControllerState;
  private readonly gradient: Parameters;
  /** Of the calls before, to be written anew. */
  private before: Rollout | undefined;
  private after: Rollout | undefined;

  /** `sizes`: options of each decision, see decisionSizes in shared/search-space. */
  constructor(config: PpoStrategy, sizes: readonly number[], seed: number) {
    this.config = config;
    this.seed = seed;
    this.samplingSeed = deriveSeed(seed, 'controller', 'sampling');
    this.shape = { sizes: [...sizes], hiddenUnits: config.hiddenUnits };
    const parameters = initialParameters(this.shape, seed, config.initialRange);
    this.policy = new Policy(this.shape, parameters);
    this.gradient = parametersOver(new Float64Array(parameters.all.length), this.shape);
    this.state = {
      weights: parameters.all,
      adam: initialAdamState(parameters.all.length),
      proposals: 0,
      updates: 0,
      baseline: null,
    };
  }

  /** The next `count` proposals. */
  ask(count: number): ControllerProposal[] {
    const { proposals, updates } = this.state;
    if (count === 0) return [];
    const rollout = this.policy.run(count, this.sampleFrom(proposals + 1), this.before);
    this.before = rollout;
    this.state.proposals += count;
    return Array.from({ length: count }, (_, i) => ({
      number: proposals + 1 + i,
      decisions: decisionsOf(rollout, i),
      logProbability: architectureLogProbability(rollout, i),
      update: updates,
    }));
  }

  /**
   * Learns from a batch in proposal order, all of it sampled since the last update. Returns null, and changes
   * nothing, when no reward can be learned from.
   */
  tell(results: readonly ControllerResult[]): UpdateReport | null {
    const learned = results.filter(({ reward }) => Number.isFinite(reward) && Math.abs(reward) <= LARGEST_REWARD);
    if (learned.length === 0) return null;
    const decisions = learned.map((result) => this.checkedDecisions(result));
    const before = replay(this.policy, decisions, this.before);
    this.before = before;
    for (const [i, { number, logProbability }] of learned.entries()) {
      this.refuseStale(number, logProbability, architectureLogProbability(before, i));
    }
    const rewards = learned.map((result) => result.reward);
    const batch: PolicyBatch = {
      decisions,
      advantages: this.advantages(rewards),
      sampledLogProbabilities: decisionLogProbabilities(before),
    };
    const { after, gradientNorm, skippedEpochs } = this.climb(batch, before);
    this.state.updates += 1;
    return describeUpdate({
      update: this.state.updates,
      proposals: learned.map((result) => result.number),
      ignored: results.length - learned.length,
      rewards,
      batch,
      baseline: this.state.baseline ?? 0,
      before,
      after,
      clipRatio: this.config.clipRatio,
      gradientNorm,
      epochs: this.config.epochs,
      skippedEpochs,
    });
  }

  /** Everything that what follows depends on, except config, search space and seed. */
  snapshot(): Uint8Array {
    return writeSnapshot(this.state, this.shape, this.seed);
  }

  /**
   * Goes on exactly where the snapshot was taken.
   * @throws WorkbenchError `corrupt` for damaged bytes, `newer_version`, `conflict` for another search's snapshot.
   */
  restore(bytes: Uint8Array): void {
    const state = readSnapshot(bytes, this.shape, this.seed);
    this.state.weights.set(state.weights);
    Object.assign(this.state, { ...state, weights: this.state.weights });
    this.policy.parametersChanged();
  }

  private sampleFrom(firstNumber: number): Choose {
    return ({ probabilities, shape }, t, i, start) => {
      const last = shape.sizes[t]! - 1;
      let rest = randomUnit(this.samplingSeed, firstNumber + i, t);
      for (let option = 0; option < last; option++) {
        rest -= probabilities[start + option]!;
        if (rest < 0) return option;
      }
      return last;
    };
  }

  private checkedDecisions({ number, decisions }: ControllerResult): readonly number[] {
    const { sizes } = this.shape;
    const fits = decisions.length === sizes.length && sizes.every((size, t) => isOption(decisions[t], size));
    if (fits) return decisions;
    throw new WorkbenchError(
      'invalid_input',
      `Proposal ${number} has the decisions ${decisions.join(' ')}, which are none of this search space; tell the controller only what it proposed.`,
    );
  }

  private refuseStale(number: number, sampled: number, now: number): void {
    if (Math.abs(sampled - now) <= LOG_PROBABILITY_TOLERANCE) return;
    throw new WorkbenchError(
      'conflict',
      `Proposal ${number} was sampled with log-probability ${sampled}, but the controller gives it ${now} now; tell results to the policy that sampled them, or restore its snapshot first.`,
    );
  }

  /**
   * Reward minus the moving average of the rewards before it (paper A.2: weight 0.95). That the average moves with
   * each reward, in proposal order, and starts at the mean of the first batch is ours.
   */
  private advantages(rewards: readonly number[]): number[] {
    const { baselineDecay } = this.config;
    let baseline = this.state.baseline ?? rewards.reduce((sum, reward) => sum + reward / rewards.length, 0);
    const advantages = rewards.map((reward) => {
      const advantage = reward - baseline;
      baseline = baselineDecay * baseline + (1 - baselineDecay) * reward;
      return advantage;
    });
    this.state.baseline = baseline;
    return advantages;
  }

  /** The epochs of one update. One whose gradient is not finite is skipped: it must not reach the weights. */
  private climb(batch: PolicyBatch, before: Rollout): { after: Rollout; gradientNorm: number; skippedEpochs: number } {
    const gradient = this.gradient;
    let after = before;
    let gradientNorm = 0;
    let skippedEpochs = 0;
    for (let epoch = 0; epoch < this.config.epochs; epoch++) {
      gradient.all.fill(0);
      addPpoGradient(this.policy, after, batch, this.config, gradient);
      const norm = euclideanNorm(gradient.all);
      if (!Number.isFinite(norm)) {
        skippedEpochs += 1;
        continue;
      }
      if (epoch === 0) gradientNorm = norm;
      ascend(this.state.weights, gradient.all, this.state.adam, this.config);
      this.policy.parametersChanged();
      after = replay(this.policy, batch.decisions, this.after);
      this.after = after;
    }
    return { after, gradientNorm, skippedEpochs };
  }
}

function isOption(option: number | undefined, size: number): boolean {
  return option !== undefined && Number.isInteger(option) && option >= 0 && option < size;
}

function euclideanNorm(vector: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < vector.length; index++) sum += vector[index]! * vector[index]!;
  return Math.sqrt(sum);
}
