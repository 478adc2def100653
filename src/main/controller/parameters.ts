import { deriveSeed, randomUnit } from '../../shared/random.ts';

/** What the controller's network is built for. */
export interface PolicyShape {
  /** Options of each decision in order; 2 x 5B numbers. */
  sizes: readonly number[];
  hiddenUnits: number;
}

/**
 * All weights in one vector (so that the optimiser, the gradient check and the snapshot see one array), and each
 * tensor as a view of it. H hidden units, C choices = the options of all decisions one after another.
 */
export interface Parameters {
  all: Float64Array;
  /**
   * [1 + C, H]: row 0 stands for "nothing chosen yet", row 1 + c for choice c. One row per decision and option, as
   * there is one softmax per decision.
   */
  embeddings: Float64Array;
  /** [4H, H]: from the embedded choice to the gates, in the order input, forget, candidate, output. */
  inputWeights: Float64Array;
  /** [4H, H]: from the hidden state to the gates. */
  hiddenWeights: Float64Array;
  /** [4H] */
  gateBias: Float64Array;
  /** [C, H]: the 2 x 5B softmaxes (paper A.2), one below the other. */
  softmaxWeights: Float64Array;
  /** [C] */
  softmaxBias: Float64Array;
}

export type TensorName = Exclude<keyof Parameters, 'all'>;

/** Index of each decision's first choice among all C choices. */
export function firstChoices(sizes: readonly number[]): number[] {
  let next = 0;
  return sizes.map((size) => {
    const first = next;
    next += size;
    return first;
  });
}

/** Length of each tensor, in the order in which they lie in the vector. */
export function tensorLengths({ sizes, hiddenUnits: h }: PolicyShape): [TensorName, number][] {
  const choices = sizes.reduce((sum, size) => sum + size, 0);
  return [
    ['embeddings', (1 + choices) * h],
    ['inputWeights', 4 * h * h],
    ['hiddenWeights', 4 * h * h],
    ['gateBias', 4 * h],
    ['softmaxWeights', choices * h],
    ['softmaxBias', choices],
  ];
}

export function parameterCount(shape: PolicyShape): number {
  return tensorLengths(shape).reduce((sum, [, length]) => sum + length, 0);
}

/** The tensors as views of `all`; the same for weights and for their gradient. */
export function parametersOver(all: Float64Array, shape: PolicyShape): Parameters {
  const views: Partial<Record<TensorName, Float64Array>> = {};
  let start = 0;
  for (const [name, length] of tensorLengths(shape)) {
    views[name] = all.subarray(start, start + length);
    start += length;
  }
  if (start !== all.length) throw new RangeError(`The controller has ${start} weights, not ${all.length}.`);
  return { all, ...(views as Record<TensorName, Float64Array>) };
}

/** Every weight uniform in ±range (paper A.2: 0.1; that biases and embeddings are drawn alike is ours). */
export function initialParameters(shape: PolicyShape, seed: number, range: number): Parameters {
  const all = new Float64Array(parameterCount(shape));
  const weightSeed = deriveSeed(seed, 'controller', 'weights');
  for (let index = 0; index < all.length; index++) all[index] = range * (2 * randomUnit(weightSeed, index) - 1);
  return parametersOver(all, shape);
}
