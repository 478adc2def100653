import { z } from 'zod';
import { deriveSeed, randomUnit } from '../../../shared/random.ts';
import type { Architecture, SearchSpace } from '../../../shared/records/architecture.ts';
import { randomArchitecture, uniformLogProbability } from '../../../shared/search-space/decisions.ts';
import { readJsonSnapshot, refuseOtherSeed, writeJsonSnapshot } from './json-snapshot.ts';
import type { Proposal, Strategy } from './strategy.ts';

const snapshotSchema = z.strictObject({
  kind: z.literal('random'),
  version: z.literal(1),
  seed: z.int(),
  proposals: z.int().min(0),
});

/** Architecture `number` of a search by chance: a function of seed and number alone. */
export function architectureByChance(space: SearchSpace, seed: number, number: number): Architecture {
  let draw = 0;
  return randomArchitecture(space, () => randomUnit(seed, number, draw++));
}

/** Every decision uniform, whatever was learned: the paper's strong baseline (section 4.4). */
export class RandomSearch implements Strategy {
  private readonly space: SearchSpace;
  private readonly seed: number;
  private readonly chanceSeed: number;
  private proposals = 0;

  constructor(space: SearchSpace, seed: number) {
    this.space = space;
    this.seed = seed;
    this.chanceSeed = deriveSeed(seed, 'random search');
  }

  async ask(count: number): Promise<Proposal[]> {
    const logProbability = uniformLogProbability(this.space);
    return Array.from({ length: count }, () => {
      const number = ++this.proposals;
      const architecture = architectureByChance(this.space, this.chanceSeed, number);
      return { number, architecture, logProbability, origin: 'random', parent: null };
    });
  }

  async tell(): Promise<null> {
    return null;
  }

  async snapshot(): Promise<Uint8Array> {
    return writeJsonSnapshot({ kind: 'random', version: 1, seed: this.seed, proposals: this.proposals });
  }

  async restore(bytes: Uint8Array): Promise<void> {
    const { seed, proposals } = readJsonSnapshot(bytes, snapshotSchema);
    refuseOtherSeed(seed, this.seed);
    this.proposals = proposals;
  }

  async close(): Promise<void> {
    // Nothing is held.
  }
}
