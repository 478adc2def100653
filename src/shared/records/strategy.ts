import { z } from 'zod';
import { architectureSchema } from './architecture.ts';

/** The bound keeps one update of the paper's controller within about 0.4 GB. */
const batchSize = z.int().min(1).max(1_000);

/** The paper's search: a recurrent controller trained with proximal policy optimisation. */
export const ppoStrategySchema = z.strictObject({
  kind: z.literal('ppo'),
  batchSize,
  hiddenUnits: z.int().min(1).max(1000),
  learningRate: z.number().positive().max(1),
  entropyWeight: z.number().min(0).max(1),
  baselineDecay: z.number().min(0).lt(1),
  initialRange: z.number().min(0).max(1),
  clipRatio: z.number().positive().lt(1),
  epochs: z.int().min(1).max(1000),
  adamBeta1: z.number().min(0).lt(1),
  adamBeta2: z.number().min(0).lt(1),
  adamEpsilon: z.number().positive().max(1),
});
export type PpoStrategy = z.infer<typeof ppoStrategySchema>;

/** Every decision uniform: the paper's strong baseline (section 4.4). */
export const randomStrategySchema = z.strictObject({ kind: z.literal('random'), batchSize });
export type RandomStrategy = z.infer<typeof randomStrategySchema>;

/** Regularised (ageing) evolution, Real et al. 2019. */
export const evolutionStrategySchema = z
  .strictObject({
    kind: z.literal('evolution'),
    batchSize,
    populationSize: z.int().min(1).max(100_000),
    sampleSize: z.int().min(1).max(100_000),
    /** Proposed first, in this order, before random architectures fill the first population. */
    initial: z.array(architectureSchema),
  })
  .refine((evolution) => evolution.sampleSize <= evolution.populationSize, {
    path: ['sampleSize'],
    message: 'a sample cannot be larger than the population',
  });
export type EvolutionStrategy = z.infer<typeof evolutionStrategySchema>;

export const STRATEGY_KINDS = ['ppo', 'random', 'evolution'] as const;
export type StrategyKind = (typeof STRATEGY_KINDS)[number];

export const strategySchema = z.discriminatedUnion('kind', [
  ppoStrategySchema,
  randomStrategySchema,
  evolutionStrategySchema,
]);
export type StrategyConfig = z.infer<typeof strategySchema>;

/** The defaults of each strategy; presets change the batch size. Sources in STRATEGY_FACTS. */
export const STRATEGY_DEFAULTS: { ppo: PpoStrategy; random: RandomStrategy; evolution: EvolutionStrategy } = {
  ppo: {
    kind: 'ppo',
    batchSize: 20,
    hiddenUnits: 100,
    learningRate: 0.00035,
    entropyWeight: 0.00001,
    baselineDecay: 0.95,
    initialRange: 0.1,
    clipRatio: 0.2,
    epochs: 10,
    adamBeta1: 0.9,
    adamBeta2: 0.999,
    adamEpsilon: 1e-8,
  },
  random: { kind: 'random', batchSize: 20 },
  evolution: { kind: 'evolution', batchSize: 20, populationSize: 20, sampleSize: 10, initial: [] },
};

/** What a hyper-parameter means, for help texts. `unit` is empty for a pure number. */
export interface StrategyFact {
  meaning: string;
  unit: string;
  source: string;
}

type FactsOf<Config> = Record<Exclude<keyof Config, 'kind'>, StrategyFact>;

const ADAM: Pick<FactsOf<PpoStrategy>, 'adamBeta1' | 'adamBeta2' | 'adamEpsilon'> = {
  adamBeta1: {
    meaning: 'Weight of the past in Adam’s moving average of the gradient',
    unit: '',
    source: 'Kingma and Ba 2015; the paper names no optimiser',
  },
  adamBeta2: {
    meaning: 'Weight of the past in Adam’s moving average of the squared gradient',
    unit: '',
    source: 'Kingma and Ba 2015; the paper names no optimiser',
  },
  adamEpsilon: {
    meaning: 'Added to the root of the squared gradient, so that a weight without a gradient stays',
    unit: '',
    source: 'Kingma and Ba 2015; the paper names no optimiser',
  },
};

/** Meaning, unit and source of every hyper-parameter of every strategy. */
export const STRATEGY_FACTS: {
  ppo: FactsOf<PpoStrategy>;
  random: FactsOf<RandomStrategy>;
  evolution: FactsOf<EvolutionStrategy>;
} = {
  ppo: {
    batchSize: {
      meaning: 'Architectures that the controller learns from in one update',
      unit: 'architectures',
      source: 'paper A.3: 20',
    },
    hiddenUnits: { meaning: 'Size of the controller’s LSTM', unit: 'units', source: 'paper A.2: 100' },
    learningRate: {
      meaning: 'Step of the controller’s weights, the same throughout',
      unit: 'per step',
      source: 'paper A.2: 0.00035',
    },
    entropyWeight: {
      meaning: 'Reward for undecided softmaxes, so that the controller goes on exploring',
      unit: 'reward per nat',
      source: 'paper A.2: 0.00001',
    },
    baselineDecay: {
      meaning: 'Weight of the past in the moving average that a reward is compared with',
      unit: 'per reward',
      source: 'paper A.2: 0.95; that it moves with each reward is ours',
    },
    initialRange: {
      meaning: 'The controller’s first weights are uniform between minus and plus this',
      unit: '',
      source: 'paper A.2: 0.1',
    },
    clipRatio: {
      meaning: 'How far an update profits from changing the probability of a decision, as a part of it',
      unit: '',
      source: 'ours: 0.2, as in Schulman et al. 2017; not in the paper',
    },
    epochs: {
      meaning: 'Times that an update goes through its batch',
      unit: 'epochs',
      source:
        'ours: 10, which learns most from 100 to 500 proposals on a test landscape; in longer searches fewer learn further (4,000 proposals: 0.99 with 2, 0.94 with 10); not in the paper',
    },
    ...ADAM,
  },
  random: {
    batchSize: {
      meaning: 'Architectures proposed at a time; it changes nothing of what is proposed',
      unit: 'architectures',
      source: 'as the controller’s, paper A.3: 20',
    },
  },
  evolution: {
    batchSize: {
      meaning: 'Architectures bred from the same population before it is renewed',
      unit: 'architectures',
      source: 'as the controller’s, paper A.3: 20; Real et al. 2019 renew it with each result',
    },
    populationSize: {
      meaning: 'Newest results that may become parents; the oldest one dies when a new one comes',
      unit: 'architectures',
      source: 'ours for short searches, 20, best of seven pairs on a test landscape; Real et al. 2019: 100',
    },
    sampleSize: {
      meaning: 'Drawn at random from the population, with repetition; the best of them becomes the parent',
      unit: 'architectures',
      source: 'ours for short searches, 10; Real et al. 2019: 25',
    },
    initial: {
      meaning: 'Architectures to begin with, before random ones fill the first population',
      unit: 'architectures',
      source: 'ours; Real et al. 2019 begin with random ones only',
    },
  },
};
