import { deriveSeed } from '../../shared/random.ts';
import type { Trial } from '../../shared/records/experiment.ts';
import { FAILURE_REWARD } from '../../shared/records/training.ts';
import { architectureHash } from '../../shared/search-space/canonical.ts';
import { cost } from '../../shared/search-space/cost.ts';
import { planNetwork } from '../../shared/search-space/plan-network.ts';
import type { NewTrial } from '../store/trials.ts';
import type { SearchContext } from './search-context.ts';
import type { Proposal } from './strategies/strategy.ts';
import type { TrialNumbers } from './trial-numbers.ts';

/** A proposal with what follows from its architecture and number, before it is known which trial it becomes. */
export type PreparedProposal = Omit<NewTrial, 'trial' | 'origin' | 'parent'> & { readonly proposal: Proposal };

export function prepareTrial(context: SearchContext, proposal: Proposal, batch: number): PreparedProposal {
  const { architecture, number, logProbability } = proposal;
  const { trainableParameters, totalParameters, multiplyAdds } = cost(planNetwork(architecture, context.scale));
  return {
    proposal,
    experiment: context.experiment,
    batch,
    architecture,
    hash: architectureHash(architecture),
    logProbability,
    seed: deriveSeed(context.config().seed, 'trial', number),
    trainableParameters,
    totalParameters,
    multiplyAdds,
    queuedAt: context.clock.now().toISOString(),
  };
}

/** The trial of a proposal. Its parent and its origin name trials, as a person counts them. */
export function toTrial({ proposal, ...prepared }: PreparedProposal, numbers: TrialNumbers): NewTrial {
  const parent = proposal.parent === null ? null : numbers.trialOf(proposal.parent);
  const origin = parent === null ? proposal.origin : `evolved from ${parent}`;
  return { ...prepared, trial: numbers.trialOf(proposal.number), origin, parent };
}

/** A stored trial as the strategy proposed it, with the reward that it learns from. */
export function toResult(trial: Trial, numbers: TrialNumbers): { proposal: Proposal; reward: number | null } {
  const { architecture, origin, logProbability } = trial;
  const parent = trial.parent === null ? null : numbers.proposalOf(trial.parent);
  const number = numbers.proposalOf(trial.trial);
  return { proposal: { number, architecture, logProbability, origin, parent }, reward: rewardOf(trial) };
}

/** A cancelled child says nothing about its architecture, one that failed or was given up early does. */
function rewardOf({ state, reward }: Trial): number | null {
  if (state === 'completed') return reward;
  return state === 'cancelled' ? null : FAILURE_REWARD;
}
