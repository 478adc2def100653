import type { SearchSpace } from '../../../shared/records/architecture.ts';
import type { StrategyConfig } from '../../../shared/records/strategy.ts';
import { PpoSearch } from './ppo-search.ts';
import { RandomSearch } from './random-search.ts';
import { RegularisedEvolution } from './regularised-evolution.ts';
import type { Strategy } from './strategy.ts';

/** The strategy that a config describes, before its first proposal. `seed`: an integer from 0 to 2^53 - 1. */
export async function createStrategy(config: StrategyConfig, space: SearchSpace, seed: number): Promise<Strategy> {
  switch (config.kind) {
    case 'ppo':
      return new PpoSearch(config, space, seed);
    case 'random':
      return new RandomSearch(space, seed);
    case 'evolution':
      return new RegularisedEvolution(config, space, seed);
  }
}
