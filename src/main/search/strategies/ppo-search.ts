import type { SearchSpace } from '../../../shared/records/architecture.ts';
import type { UpdateReport } from '../../../shared/records/controller.ts';
import type { PpoStrategy } from '../../../shared/records/strategy.ts';
import { decisionSizes, decode, encode } from '../../../shared/search-space/decisions.ts';
import { WorkbenchError } from '../../../shared/workbench-error.ts';
import type { ControllerResult } from '../../controller/controller.ts';
import { ControllerClient } from '../../controller/controller-client.ts';
import type { Proposal, ProposalResult, Strategy } from './strategy.ts';

/** The paper's search: the controller, in a thread of its own, as a strategy. Every proposal of a batch must be told to the policy that sampled it. */
export class PpoSearch implements Strategy {
  private readonly space: SearchSpace;
  private readonly controller: ControllerClient;

  constructor(config: PpoStrategy, space: SearchSpace, seed: number) {
    this.space = space;
    this.controller = new ControllerClient(config, decisionSizes(space), seed);
  }

  async ask(count: number): Promise<Proposal[]> {
    const proposals = await this.controller.ask(count);
    return proposals.map(({ number, decisions, logProbability, update }) => ({
      number,
      architecture: decode(this.space, decisions),
      logProbability,
      origin: `update ${update}`,
      parent: null,
    }));
  }

  async tell(results: readonly ProposalResult[]): Promise<UpdateReport | null> {
    return this.controller.tell(results.flatMap(({ proposal, reward }) => this.result(proposal, reward)));
  }

  snapshot(): Promise<Uint8Array> {
    return this.controller.snapshot();
  }

  restore(bytes: Uint8Array): Promise<void> {
    return this.controller.restore(bytes);
  }

  close(): Promise<void> {
    return this.controller.close();
  }

  private result({ number, architecture, logProbability }: Proposal, reward: number | null): ControllerResult[] {
    if (reward === null) return [];
    if (logProbability === null) {
      throw new WorkbenchError(
        'invalid_input',
        `Proposal ${number} has no log-probability, so it does not come from this controller; tell it only its own proposals.`,
      );
    }
    return [{ number, decisions: encode(this.space, architecture), logProbability, reward }];
  }
}
