import { z } from 'zod';
import { deriveSeed, randomUnit } from '../../../shared/random.ts';
import { type Architecture, architectureSchema, type SearchSpace } from '../../../shared/records/architecture.ts';
import type { EvolutionStrategy } from '../../../shared/records/strategy.ts';
import { isInSpace, mutate, whyOutside, withSpaceOutputs } from '../../../shared/search-space/decisions.ts';
import { WorkbenchError } from '../../../shared/workbench-error.ts';
import { readJsonSnapshot, refuseOtherSeed, writeJsonSnapshot } from './json-snapshot.ts';
import { architectureByChance } from './random-search.ts';
import type { Proposal, ProposalResult, Strategy } from './strategy.ts';

const memberSchema = z.strictObject({ number: z.int().min(1), architecture: architectureSchema, reward: z.number() });
type Member = z.infer<typeof memberSchema>;

const snapshotSchema = z.strictObject({
  kind: z.literal('evolution'),
  version: z.literal(1),
  seed: z.int(),
  proposals: z.int().min(0),
  population: z.array(memberSchema),
});

/**
 * Regularised evolution (Real et al. 2019, algorithm 1): the best of a random sample of the population is mutated, the
 * child joins the population and its oldest member dies, however good it was. Departure: proposals of one batch have
 * the same population to choose from, since their results are not known yet. Ours: it may begin with given cells, such
 * as the released NASNet-A, whose outputs are not those of the search space; all else of them must be.
 */
export class RegularisedEvolution implements Strategy {
  private readonly config: EvolutionStrategy;
  private readonly space: SearchSpace;
  private readonly seed: number;
  private readonly chanceSeed: number;
  private proposals = 0;
  /** Oldest first. */
  private population: Member[] = [];

  /** @throws WorkbenchError `invalid_input` when the search space does not hold an initial architecture. */
  constructor(config: EvolutionStrategy, space: SearchSpace, seed: number) {
    this.config = config;
    this.space = space;
    this.seed = seed;
    this.chanceSeed = deriveSeed(seed, 'regularised evolution');
    for (const [index, architecture] of config.initial.entries()) refuseOutside(space, architecture, index);
  }

  async ask(count: number): Promise<Proposal[]> {
    return Array.from({ length: count }, () => this.propose(++this.proposals));
  }

  async tell(results: readonly ProposalResult[]): Promise<null> {
    for (const { proposal, reward } of results) {
      if (reward === null || !Number.isFinite(reward)) continue;
      this.population.push({ number: proposal.number, architecture: proposal.architecture, reward });
    }
    this.population = this.population.slice(-this.config.populationSize);
    return null;
  }

  async snapshot(): Promise<Uint8Array> {
    return writeJsonSnapshot({
      kind: 'evolution',
      version: 1,
      seed: this.seed,
      proposals: this.proposals,
      population: this.population,
    });
  }

  async restore(bytes: Uint8Array): Promise<void> {
    const { seed, proposals, population } = readJsonSnapshot(bytes, snapshotSchema);
    refuseOtherSeed(seed, this.seed);
    for (const { number, architecture } of population) {
      const reason = whyOutside(this.space, withSpaceOutputs(architecture));
      if (reason !== null) throw new WorkbenchError('conflict', conflictSentence(number, reason));
    }
    this.proposals = proposals;
    this.population = population;
  }

  async close(): Promise<void> {
    // Nothing is held.
  }

  private propose(number: number): Proposal {
    const { initial, populationSize } = this.config;
    const given = initial[number - 1];
    // As it is, so that its reward is its own: the space's rule of outputs is only its children's.
    if (given !== undefined) return founder(number, given, originOf(this.space, given));
    if (number <= populationSize || this.population.length === 0) {
      return founder(number, architectureByChance(this.space, this.chanceSeed, number), 'random');
    }
    let draw = 0;
    const uniform = () => randomUnit(this.chanceSeed, number, draw++);
    const parent = this.bestOfSample(uniform);
    return {
      number,
      // A given cell may concatenate other states than the search space says; its children don't (ours).
      architecture: mutate(this.space, withSpaceOutputs(parent.architecture), uniform),
      logProbability: null,
      origin: `evolved from ${parent.number}`,
      parent: parent.number,
    };
  }

  /** Drawn with repetition, as in the paper; of equally good ones the first drawn. */
  private bestOfSample(uniform: () => number): Member {
    const draw = () => this.population[Math.floor(uniform() * this.population.length)]!;
    let best = draw();
    for (let drawn = 1; drawn < this.config.sampleSize; drawn++) {
      const member = draw();
      if (member.reward > best.reward) best = member;
    }
    return best;
  }
}

function founder(number: number, architecture: Architecture, origin: string): Proposal {
  return { number, architecture, logProbability: null, origin, parent: null };
}

function originOf(space: SearchSpace, given: Architecture): string {
  return isInSpace(space, given) ? 'given' : 'given, with outputs of its own';
}

function refuseOutside(space: SearchSpace, architecture: Architecture, index: number): void {
  const reason = whyOutside(space, withSpaceOutputs(architecture));
  if (reason === null) return;
  throw new WorkbenchError(
    'invalid_input',
    `Initial architecture ${index + 1} is outside of the search space: ${reason} Change the architecture or the space.`,
  );
}

function conflictSentence(number: number, reason: string): string {
  return `This strategy snapshot belongs to another search space, since its proposal ${number} is outside of this one: ${reason} Restore the snapshot of this experiment.`;
}
