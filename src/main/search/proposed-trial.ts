import { deriveSeed } from '../../shared/random.ts';
import type { Trial } from '../../shared/records/experiment.ts';
import { FAILURE_REWARD } from '../../shared/records/run.ts';
import { architectureHash } from '../../shared/search-space/canonical.ts';
import { cost } from '../../shared/search-space/cost.ts';
import { planNetwork } from '../../shared/search-space/plan-network.ts';
import type { NewTrial, Trials } from '../store/trials.ts';
import { type SearchContext, specOf } from './search-context.ts';
import type { Proposal } from './strategies/strategy.ts';

/** A proposal with what follows from its architecture and number, before it is known which trial it becomes. */
export type PreparedProposal = Omit<NewTrial, 'trial' | 'origin' | 'parent' | 'proposal'> & {
  readonly proposed: Proposal;
};

export function prepareTrial(context: SearchContext, proposal: Proposal, batch: number): PreparedProposal {
  const { architecture, number, logProbability } = proposal;
  const { trainableParameters, totalParameters, multiplyAdds } = cost(planNetwork(architecture, context.scale));
  const seed = deriveSeed(context.config().seed, 'trial', number);
  return {
    proposed: proposal,
    spec: specOf(context, architecture, seed),
    experiment: context.experiment,
    batch,
    architecture,
    hash: architectureHash(architecture),
    logProbability,
    seed,
    trainableParameters,
    totalParameters,
    multiplyAdds,
    queuedAt: context.clock.now().toISOString(),
  };
}

/** The trial of a proposal. Its parent and its origin name trials, as a person counts them. */
export function toTrial({ proposed, ...prepared }: PreparedProposal, trials: Trials): NewTrial {
  const { experiment } = prepared;
  const parent = proposed.parent === null ? null : trials.trialOf(experiment, proposed.parent);
  const origin = parent === null ? proposed.origin : `evolved from ${parent}`;
  const trial = trials.trialOf(experiment, proposed.number);
  return { ...prepared, trial, proposal: proposed.number, origin, parent };
}

/** A stored trial as the strategy proposed it, with the reward that it learns from. */
export function toResult(trial: Trial, trials: Trials): { proposal: Proposal; reward: number | null } {
  const { experiment, architecture, origin, logProbability } = trial;
  const parent = trial.parent === null ? null : trials.proposalOf(experiment, trial.parent);
  const number = trials.proposalOf(experiment, trial.trial);
  return { proposal: { number, architecture, logProbability, origin, parent }, reward: rewardOf(trial) };
}

/** A cancelled child says nothing about its architecture, one that failed or was given up early does. */
function rewardOf({ state, reward }: Trial): number | null {
  if (state === 'completed') return reward;
  return state === 'cancelled' ? null : FAILURE_REWARD;
}
