import { Controller, type ControllerProposal } from '../../../src/main/controller/controller.ts';
import { PAPER_SPACE } from '../../../src/shared/records/architecture.ts';
import { type PpoStrategy, STRATEGY_DEFAULTS } from '../../../src/shared/records/strategy.ts';
import { decisionSizes } from '../../../src/shared/search-space/decisions.ts';

export const PAPER_SIZES = decisionSizes(PAPER_SPACE);
/** One block of three operations a cell. */
export const SMALL_SIZES = [2, 2, 3, 3, 2, 2, 2, 3, 3, 2];

/** A controller over the small sizes that learns fast enough for a test. */
export function smallController(seed: number, changes: Partial<PpoStrategy> = {}): Controller {
  const config: PpoStrategy = { ...STRATEGY_DEFAULTS.ppo, hiddenUnits: 6, epochs: 3, learningRate: 0.01, ...changes };
  return new Controller(config, SMALL_SIZES, seed);
}

/** A reward that a policy can learn: the part of the decisions that are 0. */
export function rewardOf({ decisions }: ControllerProposal): number {
  return decisions.filter((option) => option === 0).length / decisions.length;
}

/** Asks for a batch and tells its rewards. */
export function search(controller: Controller, batch: number) {
  const proposals = controller.ask(batch);
  const report = controller.tell(proposals.map((proposal) => ({ ...proposal, reward: rewardOf(proposal) })));
  return { proposals, report };
}
