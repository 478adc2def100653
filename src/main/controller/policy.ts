import { addProductTransposed } from './matrix.ts';
import type { Parameters, PolicyShape } from './parameters.ts';
import { emptyRollout, inputRow, optionsStart, type Rollout, rowsOf } from './rollout.ts';

/** Picks the option of decision t of architecture i; its probabilities start at `start`. */
export type Choose = (rollout: Rollout, t: number, i: number, start: number) => number;

/**
 * The controller of the paper's appendix A.2: a one-layer LSTM and one softmax for each of the 2 x 5B decisions. How
 * decisions are fed back is not in the paper; as in its predecessor (Zoph and Le 2017) the previous choice is
 * embedded as the next input. A single embedding per decision and option, of as many numbers as hidden units, is ours.
 */
export class Policy {
  readonly shape: PolicyShape;
  readonly parameters: Parameters;
  /** [1 + C, 4H]: what an input adds to the gates, bias included; it depends on the previous choice alone. */
  private readonly inputGates: Float64Array;
  /** [1 + C]: 1 where the row of #inputGates belongs to the parameters as they are. */
  private readonly inputGatesAreCurrent: Uint8Array;
  private readonly scratchArrays = new Map<string, Float64Array>();

  constructor(shape: PolicyShape, parameters: Parameters) {
    this.shape = shape;
    this.parameters = parameters;
    const rows = 1 + parameters.softmaxBias.length;
    this.inputGates = new Float64Array(rows * 4 * shape.hiddenUnits);
    this.inputGatesAreCurrent = new Uint8Array(rows);
  }

  /** To be called whenever `parameters` were written to. */
  parametersChanged(): void {
    this.inputGatesAreCurrent.fill(0);
  }

  /**
   * An array of zeros, the same one at every call with this name and length. A pass over a batch needs megabytes, and
   * garbage of that size stays behind as holes in the memory of a thread.
   */
  scratch(name: string, length: number): Float64Array {
    const known = this.scratchArrays.get(name);
    if (known?.length === length) return known.fill(0);
    const fresh = new Float64Array(length);
    this.scratchArrays.set(name, fresh);
    return fresh;
  }

  /**
   * Takes `count` architectures through all decisions in lock step. `choose` samples, or repeats earlier decisions. The
   * rollout is `used`, written anew, where one is given that has room for as many.
   */
  run(count: number, choose: Choose, used?: Rollout): Rollout {
    const rollout = used?.count === count ? used : emptyRollout(this.shape, count);
    for (let t = 0; t < this.shape.sizes.length; t++) {
      this.computeGates(rollout, t);
      advanceCells(rollout, t);
      this.computeSoftmaxes(rollout, t);
      for (let i = 0; i < count; i++)
        rollout.chosen[t * count + i] = choose(rollout, t, i, optionsStart(rollout, t, i));
    }
    return rollout;
  }

  /** What the embedding in this row adds to the gates, computed when it is first needed. */
  private inputGatesOf(row: number): Float64Array {
    const { embeddings, inputWeights, gateBias } = this.parameters;
    const h = this.shape.hiddenUnits;
    const gates = this.inputGates.subarray(row * 4 * h, (row + 1) * 4 * h);
    if (this.inputGatesAreCurrent[row] === 0) {
      gates.set(gateBias);
      addProductTransposed(gates, embeddings.subarray(row * h, (row + 1) * h), inputWeights, 1, 4 * h, h);
      this.inputGatesAreCurrent[row] = 1;
    }
    return gates;
  }

  /** gates = input weights · embedded choice + hidden weights · hidden state + bias, before their activation. */
  private computeGates(rollout: Rollout, t: number): void {
    const { count } = rollout;
    const h = this.shape.hiddenUnits;
    const gates = rowsOf(rollout.gates, t, count, 4 * h);
    for (let i = 0; i < count; i++) gates.set(this.inputGatesOf(inputRow(rollout, t, i)), i * 4 * h);
    addProductTransposed(gates, rowsOf(rollout.hidden, t, count, h), this.parameters.hiddenWeights, count, 4 * h, h);
  }

  private computeSoftmaxes(rollout: Rollout, t: number): void {
    const { count } = rollout;
    const h = this.shape.hiddenUnits;
    const size = this.shape.sizes[t]!;
    const first = rollout.first[t]!;
    const logits = rollout.logProbabilities.subarray(count * first, count * (first + size));
    const bias = this.parameters.softmaxBias.subarray(first, first + size);
    for (let i = 0; i < count; i++) logits.set(bias, i * size);
    const weights = this.parameters.softmaxWeights.subarray(first * h, (first + size) * h);
    addProductTransposed(logits, rowsOf(rollout.hidden, t + 1, count, h), weights, count, size, h);
    for (let i = 0; i < count; i++) {
      logSoftmax(rollout.logProbabilities, rollout.probabilities, optionsStart(rollout, t, i), size);
    }
  }
}

/** The LSTM's step: c = forget · c + input · candidate, h = output · tanh(c). `gates` are activated in place. */
function advanceCells({ shape, count, gates, cells, hidden }: Rollout, t: number): void {
  const h = shape.hiddenUnits;
  for (let i = 0; i < count; i++) {
    const row = t * count + i;
    const gate = row * 4 * h;
    const before = row * h;
    const after = (row + count) * h;
    for (let u = 0; u < h; u++) {
      const input = sigmoid(gates[gate + u]!);
      const forget = sigmoid(gates[gate + h + u]!);
      const candidate = Math.tanh(gates[gate + 2 * h + u]!);
      const output = sigmoid(gates[gate + 3 * h + u]!);
      gates[gate + u] = input;
      gates[gate + h + u] = forget;
      gates[gate + 2 * h + u] = candidate;
      gates[gate + 3 * h + u] = output;
      const cell = forget * cells[before + u]! + input * candidate;
      cells[after + u] = cell;
      hidden[after + u] = output * Math.tanh(cell);
    }
  }
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Turns logits into log-probabilities in place and writes the probabilities beside them. */
function logSoftmax(logits: Float64Array, probabilities: Float64Array, start: number, size: number): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = start; k < start + size; k++) largest = Math.max(largest, logits[k]!);
  let sum = 0;
  for (let k = start; k < start + size; k++) sum += Math.exp(logits[k]! - largest);
  const logSum = largest + Math.log(sum);
  for (let k = start; k < start + size; k++) {
    logits[k]! -= logSum;
    probabilities[k] = Math.exp(logits[k]!);
  }
}
