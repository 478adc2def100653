import { inputsOf, type NetworkPlan, type Side, type Step, variablesOf } from './plan.ts';

/** Parameters and work of a piece of the network; all counts, none of them bytes. */
export interface Counts {
  /** Weights and biases that are learned. */
  trainableParameters: number;
  /** Those, and the moving means and variances of batch normalisation. */
  totalParameters: number;
  /** Multiply-adds of convolutions (depthwise and pointwise ones too) and dense layers, for one image. */
  multiplyAdds: number;
}

export interface OperandCost extends Counts {
  block: number;
  side: Side;
  stride: 1 | 2;
  /** `[height, width, channels]`. */
  inputShape: number[];
  outputShape: number[];
}

export interface CellCost extends Counts {
  name: string;
  kind: 'normal' | 'reduction';
  /** What is left of the cell's sums after all operands: projections of its inputs and its output. */
  plumbing: Counts;
  operands: OperandCost[];
  /** `[height, width, channels]`, or null for a cell that is not built. */
  outputShape: number[] | null;
}

/** What a network costs, read from its plan alone. */
export interface Cost extends Counts {
  /** Number of trainable tensors. */
  trainableTensors: number;
  /** Named feature maps and vectors in order of execution, without batch. */
  endpoints: { name: string; shape: number[] }[];
  stem: Counts;
  cells: CellCost[];
  auxiliary: Counts;
  head: Counts;
  /** Numbers held for one image: all results that a backward pass needs, and the most that inference holds at once. */
  activations: { training: number; inferencePeak: number };
}

/**
 * Reads a plan's costs. Multiply-adds follow paper-table practice: kernel taps x inputs x outputs x output size;
 * a dilated kernel has nine taps a channel, and pooling, normalisation and additions are free.
 */
export function cost(plan: NetworkPlan): Cost {
  const tally = new Tally();
  let trainableTensors = 0;
  for (const step of plan.steps) {
    const counts = countsOf(step);
    trainableTensors += variablesOf(step).filter((variable) => variable.trainable).length;
    for (const key of keysOf(step)) addTo(tally.at(key), counts);
  }
  return {
    ...tally.at('total'),
    trainableTensors,
    endpoints: plan.endpoints.map(({ name, shape }) => ({ name, shape: [...shape] })),
    stem: tally.at('stem'),
    cells: plan.cells.map((cell) => cellCost(plan, cell.index, tally)),
    auxiliary: tally.at('auxiliary'),
    head: tally.at('head'),
    activations: { training: trainingActivations(plan), inferencePeak: inferencePeak(plan) },
  };
}

/** Bytes of one float32. */
const FLOAT_BYTES = 4;
/** Copies of every weight while training: value, gradient, optimiser's slot, moving average. */
const WEIGHT_COPIES = 4;
/** Results kept for the backward pass, and as much again for the gradients that flow (ours; an upper estimate). */
const ACTIVATION_COPIES = 2;

/** Estimated bytes of memory that training takes at a batch size, in float32, without the library's own. */
export function trainingMemoryBytes({ totalParameters, activations }: Cost, batch: number): number {
  return FLOAT_BYTES * (WEIGHT_COPIES * totalParameters + ACTIVATION_COPIES * batch * activations.training);
}

/** Estimated bytes of memory that inference takes at a batch size, in float32, without the library's own. */
export function inferenceMemoryBytes({ totalParameters, activations }: Cost, batch: number): number {
  return FLOAT_BYTES * (totalParameters + batch * activations.inferencePeak);
}

class Tally {
  private readonly sums = new Map<string, Counts>();

  at(key: string): Counts {
    const known = this.sums.get(key);
    if (known !== undefined) return known;
    const fresh = { trainableParameters: 0, totalParameters: 0, multiplyAdds: 0 };
    this.sums.set(key, fresh);
    return fresh;
  }
}

function addTo(sum: Counts, counts: Counts): void {
  sum.trainableParameters += counts.trainableParameters;
  sum.totalParameters += counts.totalParameters;
  sum.multiplyAdds += counts.multiplyAdds;
}

const operandKey = (cell: number, block: number, side: Side) => `cell ${cell} block ${block} ${side}`;

/** The sums that a step counts towards. */
function keysOf({ place }: Step): string[] {
  if (place.part !== 'cell') return ['total', place.part];
  const { cell, piece } = place;
  const part = piece.kind === 'operand' ? operandKey(cell, piece.block, piece.side) : `cell ${cell} plumbing`;
  return ['total', `cell ${cell}`, part];
}

const product = (factors: readonly number[]) => factors.reduce((all, factor) => all * factor, 1);

function countsOf(step: Step): Counts {
  let trainableParameters = 0;
  let totalParameters = 0;
  for (const { shape, trainable } of variablesOf(step)) {
    const size = product(shape);
    totalParameters += size;
    if (trainable) trainableParameters += size;
  }
  return { trainableParameters, totalParameters, multiplyAdds: multiplyAddsOf(step) };
}

/** Every weight works once for each pixel of the output. */
function multiplyAddsOf(step: Step): number {
  switch (step.kind) {
    case 'convolution':
    case 'depthwise':
      return product(step.weights.shape) * step.shape[0] * step.shape[1];
    case 'dense':
      return product(step.weights.shape);
    default:
      return 0;
  }
}

function cellCost(plan: NetworkPlan, index: number, tally: Tally): CellCost {
  const { name, kind, blocks, outputStep } = plan.cells[index]!;
  const shapeOf = (step: number) => [...plan.steps[step]!.shape];
  const operands = blocks.flatMap((planned) =>
    (['left', 'right'] as const).map((side): OperandCost => {
      const { stride, inputStep, outputStep: result } = planned[side];
      const shapes = { inputShape: shapeOf(inputStep), outputShape: shapeOf(result) };
      return { block: planned.block, side, stride, ...shapes, ...tally.at(operandKey(index, planned.block, side)) };
    }),
  );
  return {
    name,
    kind,
    ...tally.at(`cell ${index}`),
    plumbing: tally.at(`cell ${index} plumbing`),
    operands,
    outputShape: outputStep === null ? null : shapeOf(outputStep),
  };
}

/** All results of an image together; the backward pass reads nearly all of them. */
function trainingActivations(plan: NetworkPlan): number {
  return plan.steps.reduce((sum, step) => sum + product(step.shape), 0);
}

/** The most numbers alive at once for an image when every result is freed after its last reader. */
function inferencePeak(plan: NetworkPlan): number {
  const { steps } = plan;
  const auxiliary = (step: Step) => step.place.part === 'auxiliary';
  const lastReader = new Map<number, number>();
  for (const [index, step] of steps.entries()) {
    if (!auxiliary(step)) for (const input of inputsOf(step)) lastReader.set(input, index);
  }
  let alive = 0;
  let peak = 0;
  for (const [index, step] of steps.entries()) {
    if (auxiliary(step)) continue;
    alive += product(step.shape);
    peak = Math.max(peak, alive);
    for (const input of new Set(inputsOf(step))) {
      if (lastReader.get(input) === index) alive -= product(steps[input]!.shape);
    }
  }
  return peak;
}
