import { deriveSeed } from '../../shared/random.ts';
import type { Trial } from '../../shared/records/experiment.ts';
import { FAILURE_REWARD } from '../../shared/records/training.ts';
import { architectureHash } from '../../shared/search-space/canonical.ts';
import { cost } from '../../shared/search-space/cost.ts';
import { planNetwork } from '../../shared/search-space/plan-network.ts';
import type { NewTrial } from '../store/trials.ts';
import type { SearchContext } from './search-context.ts';
import type { Proposal } from './strategies/strategy.ts';

/** The trial of a proposal, with the same number. */
export function toTrial(context: SearchContext, proposal: Proposal, batch: number): NewTrial {
  const { architecture, number, origin, parent, logProbability } = proposal;
  const { trainableParameters, totalParameters, multiplyAdds } = cost(planNetwork(architecture, context.scale));
  return {
    experiment: context.experiment,
    trial: number,
    batch,
    architecture,
    hash: architectureHash(architecture),
    origin,
    parent,
    logProbability,
    seed: deriveSeed(context.config().seed, 'trial', number),
    trainableParameters,
    totalParameters,
    multiplyAdds,
    queuedAt: context.clock.now().toISOString(),
  };
}

/** A stored trial as the strategy proposed it, with the reward that it learns from. */
export function toResult(trial: Trial): { proposal: Proposal; reward: number | null } {
  const { architecture, origin, parent, logProbability } = trial;
  return { proposal: { number: trial.trial, architecture, logProbability, origin, parent }, reward: rewardOf(trial) };
}

/** A cancelled child says nothing about its architecture, one that failed or was given up early does. */
function rewardOf({ state, reward }: Trial): number | null {
  if (state === 'completed') return reward;
  return state === 'cancelled' ? null : FAILURE_REWARD;
}
