import { deriveSeed, randomNormal, randomUnit } from '../../shared/random.ts';
import type { Architecture, SearchSpace } from '../../shared/records/architecture.ts';
import { encode, randomArchitecture } from '../../shared/search-space/decisions.ts';

/** A reward without a training, for comparing strategies. */
export interface Landscape {
  hidden: Architecture;
  /** Reward of an architecture as proposal `number`, a fraction with noise around it. */
  reward(architecture: Architecture, number: number): number;
}

/** Standard deviation of a reward around its true value, as two trainings of one child differ by. */
export const LANDSCAPE_NOISE = 0.02;

/**
 * The reward is the fraction of the decisions that equal a hidden architecture's, plus normal noise. Each decision
 * counts alike, so chance finds 0.247 of them on average in the paper's space, and one decision moves a reward by no
 * more than the noise does.
 */
export function hiddenArchitectureLandscape(space: SearchSpace, seed: number): Landscape {
  const hiddenSeed = deriveSeed(seed, 'landscape', 'hidden architecture');
  const noiseSeed = deriveSeed(seed, 'landscape', 'noise');
  let draw = 0;
  const hidden = randomArchitecture(space, () => randomUnit(hiddenSeed, draw++));
  const wanted = encode(space, hidden);
  return {
    hidden,
    reward(architecture, number) {
      const decisions = encode(space, architecture);
      const equal = decisions.filter((option, index) => option === wanted[index]).length;
      return equal / wanted.length + LANDSCAPE_NOISE * randomNormal(noiseSeed, number);
    },
  };
}
