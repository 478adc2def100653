import { firstChoices, type PolicyShape } from './parameters.ts';

/**
 * What one pass over a batch of n architectures leaves behind: T = 2 x 5B decisions, H hidden units, C choices in
 * all. Row t · n + i belongs to decision t of architecture i, so that the rows of one decision lie together.
 */
export interface Rollout {
  shape: PolicyShape;
  count: number;
  /** [T]: index of each decision's first choice among all C. */
  first: readonly number[];
  /** [T · n]: the option chosen, counted from 0 within its decision. */
  chosen: Int32Array;
  /** [n · C]: a matrix [n, options] for each decision, which starts at n · first[t]. */
  probabilities: Float64Array;
  /** [n · C]: the same in nats. */
  logProbabilities: Float64Array;
  /** [T · n, 4H]: input and forget gate, candidate, output gate, after their sigmoid or tanh. */
  gates: Float64Array;
  /** [(T + 1) · n, H]: cell states; the first n rows are the zeros before the first decision. */
  cells: Float64Array;
  /** [(T + 1) · n, H]: hidden states, likewise. */
  hidden: Float64Array;
}

export function emptyRollout(shape: PolicyShape, count: number): Rollout {
  const { sizes, hiddenUnits: h } = shape;
  const choices = sizes.reduce((sum, size) => sum + size, 0);
  return {
    shape,
    count,
    first: firstChoices(sizes),
    chosen: new Int32Array(sizes.length * count),
    probabilities: new Float64Array(count * choices),
    logProbabilities: new Float64Array(count * choices),
    gates: new Float64Array(sizes.length * count * 4 * h),
    cells: new Float64Array((sizes.length + 1) * count * h),
    hidden: new Float64Array((sizes.length + 1) * count * h),
  };
}

/** Where the options of decision t of architecture i start in `probabilities` and in `logProbabilities`. */
export function optionsStart(rollout: Rollout, t: number, i: number): number {
  return rollout.count * rollout.first[t]! + i * rollout.shape.sizes[t]!;
}

/** The row of the embeddings that is the LSTM's input at decision t of architecture i. */
export function inputRow(rollout: Rollout, t: number, i: number): number {
  return t === 0 ? 0 : 1 + rollout.first[t - 1]! + rollout.chosen[(t - 1) * rollout.count + i]!;
}

/** The rows of decision t in a matrix [T · n, width], as a view. */
export function rowsOf(matrix: Float64Array, t: number, count: number, width: number): Float64Array {
  return matrix.subarray(t * count * width, (t + 1) * count * width);
}

/** Log-probability of what was chosen at decision t of architecture i, in nats. */
export function chosenLogProbability(rollout: Rollout, t: number, i: number): number {
  return rollout.logProbabilities[optionsStart(rollout, t, i) + rollout.chosen[t * rollout.count + i]!]!;
}

/** Log-probability of architecture i: the sum over its decisions, in nats. */
export function architectureLogProbability(rollout: Rollout, i: number): number {
  let sum = 0;
  for (let t = 0; t < rollout.shape.sizes.length; t++) sum += chosenLogProbability(rollout, t, i);
  return sum;
}

/** Entropy of the softmax at decision t of architecture i, in nats. */
export function entropyAt(rollout: Rollout, t: number, i: number): number {
  const start = optionsStart(rollout, t, i);
  let entropy = 0;
  for (let k = start; k < start + rollout.shape.sizes[t]!; k++) {
    const probability = rollout.probabilities[k]!;
    if (probability > 0) entropy -= probability * rollout.logProbabilities[k]!;
  }
  return entropy;
}

/** The decisions of architecture i, as options counted from 0. */
export function decisionsOf(rollout: Rollout, i: number): number[] {
  return rollout.shape.sizes.map((_, t) => rollout.chosen[t * rollout.count + i]!);
}
