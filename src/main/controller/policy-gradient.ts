import { addProduct } from './matrix.ts';
import type { Parameters } from './parameters.ts';
import type { Policy } from './policy.ts';
import { inputRow, type Rollout, rowsOf } from './rollout.ts';

/**
 * Back-propagation through time, by hand. Adds to `gradient` the derivative of an objective by every weight, given
 * its derivative by every logit: `logitGradient` [n · C], laid out as the rollout's probabilities.
 */
export function addPolicyGradient(
  policy: Policy,
  rollout: Rollout,
  logitGradient: Float64Array,
  gradient: Parameters,
): void {
  const { parameters } = policy;
  const { sizes, hiddenUnits: h } = policy.shape;
  const { count } = rollout;
  const gateGradient = policy.scratch('gateGradient', rollout.gates.length);
  const cellGradient = policy.scratch('cellGradient', count * h);
  const hiddenGradient = policy.scratch('hiddenGradient', count * h);
  for (let t = sizes.length - 1; t >= 0; t--) {
    addSoftmaxGradient(policy, rollout, t, logitGradient, hiddenGradient, gradient);
    stepBack(rollout, t, hiddenGradient, cellGradient, gateGradient);
    hiddenGradient.fill(0);
    const gates = rowsOf(gateGradient, t, count, 4 * h);
    addProduct(hiddenGradient, gates, parameters.hiddenWeights, count, 4 * h, h, 4 * h, 1);
  }
  const rows = sizes.length * count;
  addProduct(gradient.hiddenWeights, gateGradient, rollout.hidden, 4 * h, rows, h, 1, 4 * h);
  addInputGradient(policy, rollout, gateGradient, gradient);
}

/** From the logits of decision t to its softmax's weights and to the hidden state that they were computed from. */
function addSoftmaxGradient(
  policy: Policy,
  rollout: Rollout,
  t: number,
  logitGradient: Float64Array,
  hiddenGradient: Float64Array,
  gradient: Parameters,
): void {
  const { count } = rollout;
  const h = policy.shape.hiddenUnits;
  const size = policy.shape.sizes[t]!;
  const first = rollout.first[t]!;
  const logits = logitGradient.subarray(count * first, count * (first + size));
  const weights = policy.parameters.softmaxWeights.subarray(first * h, (first + size) * h);
  addProduct(hiddenGradient, logits, weights, count, size, h, size, 1);
  const weightGradient = gradient.softmaxWeights.subarray(first * h, (first + size) * h);
  addProduct(weightGradient, logits, rowsOf(rollout.hidden, t + 1, count, h), size, count, h, 1, size);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < size; k++) gradient.softmaxBias[first + k]! += logits[i * size + k]!;
  }
}

/**
 * From the hidden and cell state after decision t to the gates before their activation. `cellGradient` comes in as
 * the derivative by the cell state after the decision and leaves as the derivative by the one before it.
 */
function stepBack(
  rollout: Rollout,
  t: number,
  hiddenGradient: Float64Array,
  cellGradient: Float64Array,
  gateGradient: Float64Array,
): void {
  const { count, gates, cells } = rollout;
  const h = rollout.shape.hiddenUnits;
  for (let i = 0; i < count; i++) {
    const row = t * count + i;
    const gate = row * 4 * h;
    for (let u = 0; u < h; u++) {
      const input = gates[gate + u]!;
      const forget = gates[gate + h + u]!;
      const candidate = gates[gate + 2 * h + u]!;
      const output = gates[gate + 3 * h + u]!;
      const squashed = Math.tanh(cells[(row + count) * h + u]!);
      const byHidden = hiddenGradient[i * h + u]!;
      const byCell = cellGradient[i * h + u]! + byHidden * output * (1 - squashed * squashed);
      gateGradient[gate + u] = byCell * candidate * input * (1 - input);
      gateGradient[gate + h + u] = byCell * cells[row * h + u]! * forget * (1 - forget);
      gateGradient[gate + 2 * h + u] = byCell * input * (1 - candidate * candidate);
      gateGradient[gate + 3 * h + u] = byHidden * squashed * output * (1 - output);
      cellGradient[i * h + u] = byCell * forget;
    }
  }
}

/** From the gates to the input weights, the bias and the embeddings: gathered by choice first, then multiplied once. */
function addInputGradient(policy: Policy, rollout: Rollout, gateGradient: Float64Array, gradient: Parameters): void {
  const { embeddings, inputWeights } = policy.parameters;
  const h = policy.shape.hiddenUnits;
  const { rows, placeOf } = rowsInUse(rollout, embeddings.length / h);
  const byRow = policy.scratch('byRow', rows.length * 4 * h);
  for (let t = 0; t < policy.shape.sizes.length; t++) {
    for (let i = 0; i < rollout.count; i++) {
      const from = (t * rollout.count + i) * 4 * h;
      const to = placeOf[inputRow(rollout, t, i)]! * 4 * h;
      for (let g = 0; g < 4 * h; g++) byRow[to + g]! += gateGradient[from + g]!;
    }
  }
  const inUse = policy.scratch('inUse', rows.length * h);
  for (const [place, row] of rows.entries()) inUse.set(embeddings.subarray(row * h, (row + 1) * h), place * h);
  addProduct(gradient.inputWeights, byRow, inUse, 4 * h, rows.length, h, 1, 4 * h);
  for (const [place, row] of rows.entries()) {
    const gates = byRow.subarray(place * 4 * h, (place + 1) * 4 * h);
    for (let g = 0; g < 4 * h; g++) gradient.gateBias[g]! += gates[g]!;
    addProduct(gradient.embeddings.subarray(row * h, (row + 1) * h), gates, inputWeights, 1, 4 * h, h, 4 * h, 1);
  }
}

/** The embeddings that the batch reads, in ascending order, and the place of each in that list. */
function rowsInUse(rollout: Rollout, rowCount: number): { rows: number[]; placeOf: Int32Array } {
  const placeOf = new Int32Array(rowCount).fill(-1);
  for (let t = 0; t < rollout.shape.sizes.length; t++) {
    for (let i = 0; i < rollout.count; i++) placeOf[inputRow(rollout, t, i)] = 0;
  }
  const rows: number[] = [];
  for (let row = 0; row < rowCount; row++) {
    if (placeOf[row] === 0) placeOf[row] = rows.push(row) - 1;
  }
  return { rows, placeOf };
}
