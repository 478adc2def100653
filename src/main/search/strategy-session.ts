import { deriveSeed } from '../../shared/random.ts';
import type { Trial } from '../../shared/records/experiment.ts';
import { type PreparedProposal, prepareTrial, toResult, toTrial } from './proposed-trial.ts';
import { isOutOfTime, record, type SearchContext } from './search-context.ts';
import type { Strategy } from './strategies/strategy.ts';

/**
 * A strategy and its trace in the store. What it learned, its snapshot, the rewards that it consumed and the proposals
 * that follow are stored in one transaction: wherever the process is killed, an update happened once or not at all,
 * and a proposal is never asked for twice.
 */
export class StrategySession {
  private readonly context: SearchContext;
  private readonly strategy: Strategy;
  /** Updates so far; null before the first proposals are stored. */
  private update: number | null;

  private constructor(context: SearchContext, strategy: Strategy, update: number | null) {
    this.context = context;
    this.strategy = strategy;
    this.update = update;
  }

  /** The strategy as it stood after its newest stored update. */
  static async open(context: SearchContext): Promise<StrategySession> {
    const { strategy: settings, space, seed } = context.config();
    const strategy = await context.createStrategy(settings, space, deriveSeed(seed, 'strategy'));
    try {
      const latest = context.store.updates.latest(context.experiment);
      if (latest) await strategy.restore(latest.snapshot);
      return new StrategySession(context, strategy, latest?.update ?? null);
    } catch (error) {
      await strategy.close();
      throw error;
    }
  }

  /** The batch that the next update learns from, counted from 1. */
  get batch(): number {
    return (this.update ?? 0) + 1;
  }

  /** Whether the batch has all its trials; cancelled ones don't count. */
  isFull(): boolean {
    return this.missing() === 0;
  }

  /** Whether something is left to train, or may be proposed. */
  hasWork(): boolean {
    const { store, experiment } = this.context;
    return store.trials.proposed(experiment).unfinished > 0 || this.mayPropose(this.missing()) > 0;
  }

  /**
   * Asks for what the batch is short of: the first batch, one more for each cancelled trial, or the rest of a batch
   * that an earlier budget cut short.
   */
  async propose(): Promise<void> {
    const count = this.mayPropose(this.missing());
    if (count === 0) return;
    await this.context.meter.ownAsync(async () => {
      const proposals = await this.strategy.ask(count);
      const snapshot = await this.strategy.snapshot();
      const prepared = proposals.map((proposal) => prepareTrial(this.context, proposal, this.batch));
      record(this.context, () => {
        const { store, experiment, clock } = this.context;
        if (this.update === null) store.updates.add(experiment, 0, null, snapshot, clock.now().toISOString());
        else store.updates.replaceSnapshot(experiment, this.update, snapshot);
        this.add(prepared);
      });
      release(snapshot);
      this.update ??= 0;
    });
  }

  /**
   * One update, from a full batch in the order of its proposals, and the proposals of the next batch. A last batch
   * that the budget cuts short is not learned from (ours): it stays open, and when the budget is raised it is filled
   * up first, so that a prolonged search equals one that was planned longer.
   */
  async learn(): Promise<void> {
    const update = this.batch;
    await this.context.meter.ownAsync(async () => {
      const { trials } = this.context.store;
      const report = await this.strategy.tell(this.trials().map((trial) => toResult(trial, trials)));
      const count = this.mayPropose(this.batchSize);
      const proposals = count > 0 ? await this.strategy.ask(count) : [];
      const snapshot = await this.strategy.snapshot();
      const prepared = proposals.map((proposal) => prepareTrial(this.context, proposal, update + 1));
      record(this.context, () => {
        const { store, experiment, clock } = this.context;
        // Those who read it know the trials by their own numbers.
        const numbers = report?.proposals.map((proposal) => trials.trialOf(experiment, proposal)) ?? [];
        const told = report && { ...report, proposals: numbers };
        store.updates.add(experiment, update, told, snapshot, clock.now().toISOString());
        this.add(prepared);
      });
      release(snapshot);
      this.update = update;
    });
  }

  async close(): Promise<void> {
    await this.strategy.close();
  }

  private get batchSize(): number {
    return this.context.config().strategy.batchSize;
  }

  /** The batch's trials in the order of their proposals. */
  trials(): Trial[] {
    return this.context.store.trials.ofBatch(this.context.experiment, this.batch);
  }

  private missing(): number {
    const members = this.trials().filter(({ state }) => state !== 'cancelled').length;
    return Math.max(0, this.batchSize - members);
  }

  /** How many of `wanted` trials the budget still allows; cancelled trials don't count against it. */
  private mayPropose(wanted: number): number {
    if (isOutOfTime(this.context)) return 0;
    const { all, cancelled } = this.context.store.trials.proposed(this.context.experiment);
    return Math.max(0, Math.min(wanted, this.context.config().budget.trials - (all - cancelled)));
  }

  private add(prepared: readonly PreparedProposal[]): void {
    const { store, experiment } = this.context;
    store.trials.add(prepared.map((one) => toTrial(one, store.trials)));
    store.experiments.note(experiment);
  }
}

/**
 * Gives the memory of a stored snapshot back. It is megabytes out of the memory of the controller's thread, and until
 * this thread's garbage is collected, the snapshots of many updates would lie there.
 */
function release({ buffer, byteLength }: Uint8Array): void {
  // A small one may be a part of a buffer that others use.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
