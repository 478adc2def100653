import type { Architecture, Operation, Scale } from '../records/architecture.ts';

/**
 * A network plan: the whole child model as plain data, in execution order. The cost reading and the tensor graph are
 * two readings of it, so they cannot disagree. `planNetwork` (plan-network.ts) writes it.
 *
 * Shapes carry no batch. Padding is TensorFlow's: SAME puts the extra row and column at the bottom and right.
 */

/** `[height, width, channels]`. */
export type MapShape = readonly [number, number, number];
/** `[features]`. */
export type VectorShape = readonly [number];
export type Shape = MapShape | VectorShape;

/** `[height, width]`, of a kernel or of strides. */
export type Pair = readonly [number, number];

export type Padding = 'SAME' | 'VALID';

/**
 * What a variable is for: it decides initial value, L2 and whether the optimiser or batch normalisation writes it.
 * Names are those of the released checkpoints wherever those have the variable.
 */
export type VariableRole =
  /** `[kernel height, kernel width, inputs, outputs]`. */
  | 'convolution'
  /** `[kernel height, kernel width, channels, 1]`. */
  | 'depthwise'
  /** `[inputs, outputs]`. */
  | 'dense'
  /** `[outputs]`. */
  | 'bias'
  /** Batch normalisation's scale, offset and running statistics, all `[channels]`. */
  | 'gamma'
  | 'beta'
  | 'moving_mean'
  | 'moving_variance';

export interface PlanVariable {
  readonly name: string;
  readonly role: VariableRole;
  readonly shape: readonly number[];
  /** False for the running statistics only. */
  readonly trainable: boolean;
}

export type Side = 'left' | 'right';

/** Where in the network a step stands. A step that several readers share has the place of the first. */
export type Place =
  | { readonly part: 'input' }
  | { readonly part: 'stem' }
  | {
      readonly part: 'cell';
      /** Index into `NetworkPlan.cells`. */
      readonly cell: number;
      readonly piece: CellPiece;
    }
  | { readonly part: 'auxiliary' }
  | { readonly part: 'head' };

export type CellPiece =
  /** Making hidden state 0 or 1 out of earlier outputs. */
  | { readonly kind: 'input'; readonly state: 0 | 1 }
  /** One operation; `block` counts from 0 as in `Cell.blocks`. */
  | { readonly kind: 'operand'; readonly block: number; readonly side: Side }
  | { readonly kind: 'combine'; readonly block: number }
  /** Fitting a cell input that is listed in `outputs`, and the final concatenation. */
  | { readonly kind: 'output' };

interface StepBase {
  /** Unique in the plan, letters of `[A-Za-z0-9_/]`; variables of the step start with it. */
  readonly name: string;
  readonly place: Place;
}

interface MapStep extends StepBase {
  readonly shape: MapShape;
}

interface VectorStep extends StepBase {
  readonly shape: VectorShape;
}

/** The image batch, already whitened. Always step 0, and the only one. */
export interface InputStep extends MapStep {
  readonly kind: 'input';
}

/** A convolution without bias. */
export interface ConvolutionStep extends MapStep {
  readonly kind: 'convolution';
  readonly input: number;
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly padding: Padding;
  readonly weights: PlanVariable;
}

/** A depthwise convolution without bias, channel multiplier 1, padding SAME. */
export interface DepthwiseStep extends MapStep {
  readonly kind: 'depthwise';
  readonly input: number;
  /** Size of the square kernel of trainable weights. */
  readonly kernel: number;
  readonly stride: 1 | 2;
  /**
   * 2 spreads the 3x3 weights over a 5x5 window with zeros between (weight `[i, j]` at `[2i, 2j]`); padding and
   * stride are then those of the 5x5 kernel. To be written as a dense kernel: TensorFlow's `dilations` attribute
   * gives wrong gradients on the CPU.
   */
  readonly dilation: 1 | 2;
  readonly weights: PlanVariable;
}

/** Batch normalisation over batch, height and width, with scale and offset. */
export interface BatchNormStep extends MapStep {
  readonly kind: 'batch_norm';
  readonly input: number;
  readonly gamma: PlanVariable;
  readonly beta: PlanVariable;
  readonly movingMean: PlanVariable;
  readonly movingVariance: PlanVariable;
}

export interface ReluStep extends MapStep {
  readonly kind: 'relu';
  readonly input: number;
}

/** Pooling with a square window. The average leaves padding out of its count, as TensorFlow does. */
export interface PoolStep extends MapStep {
  readonly kind: 'pool';
  readonly input: number;
  readonly mode: 'average' | 'max';
  readonly kernel: number;
  readonly stride: number;
  readonly padding: Padding;
}

/**
 * Every second pixel in both directions: `out[i, j] = in[2i + offset, 2j + offset]`, and 0 beyond the edge.
 * Output size is `ceil(size / 2)`. The halves of a factorised reduction (the released code's 1x1 average pooling
 * with stride 2, without and with a shift by one).
 */
export interface PickStep extends MapStep {
  readonly kind: 'pick';
  readonly input: number;
  readonly offset: 0 | 1;
}

/** Element-wise sum of two maps of the same shape; both may be the same step. */
export interface AddStep extends MapStep {
  readonly kind: 'add';
  readonly inputs: readonly [number, number];
}

/** Concatenation on channels of two maps or more, in this order; a map may repeat. */
export interface ConcatStep extends MapStep {
  readonly kind: 'concat';
  readonly inputs: readonly number[];
}

/**
 * Site of ScheduledDropPath (paper A.5): in training each example of the input is dropped whole, or divided by
 * `keep = 1 - min(1, t/T) * ((index + 1) / total) * (1 - keepFinal)`. Outside training it passes its input on.
 */
export interface DropPathStep extends MapStep {
  readonly kind: 'drop_path';
  readonly input: number;
  /** c: the cell's number from 0, ImageNet's stem cells and the reductions counted. */
  readonly cellIndex: number;
  /** C: number of cells, counted the same way. */
  readonly cellCount: number;
}

/** Mean over height and width. */
export interface GlobalPoolStep extends VectorStep {
  readonly kind: 'global_pool';
  readonly input: number;
}

/** A `[1, 1, features]` map as a vector. */
export interface FlattenStep extends VectorStep {
  readonly kind: 'flatten';
  readonly input: number;
}

/** Dropout before the classifier; the rate is a setting of the training. */
export interface DropoutStep extends VectorStep {
  readonly kind: 'dropout';
  readonly input: number;
}

/** Fully connected with bias. */
export interface DenseStep extends VectorStep {
  readonly kind: 'dense';
  readonly input: number;
  readonly weights: PlanVariable;
  readonly biases: PlanVariable;
}

export interface SoftmaxStep extends VectorStep {
  readonly kind: 'softmax';
  readonly input: number;
}

export type Step =
  | InputStep
  | ConvolutionStep
  | DepthwiseStep
  | BatchNormStep
  | ReluStep
  | PoolStep
  | PickStep
  | AddStep
  | ConcatStep
  | DropPathStep
  | GlobalPoolStep
  | FlattenStep
  | DropoutStep
  | DenseStep
  | SoftmaxStep;

export interface PlannedOperand {
  /** Hidden state that is read. */
  readonly input: number;
  readonly operation: Operation;
  readonly stride: 1 | 2;
  readonly inputStep: number;
  readonly outputStep: number;
}

/** A block that is built. */
export interface PlannedBlock {
  /** Index in `Cell.blocks`. */
  readonly block: number;
  readonly left: PlannedOperand;
  readonly right: PlannedOperand;
  readonly outputStep: number;
}

export interface PlannedCell {
  /** c of ScheduledDropPath: position in `NetworkPlan.cells`. */
  readonly index: number;
  /** Released scope: `cell_stem_0`, `cell_0`, `reduction_cell_0`, … */
  readonly name: string;
  readonly kind: 'normal' | 'reduction';
  /** Width of the cell's operations. */
  readonly filters: number;
  /** Steps of hidden states 0 and 1, after any projection; null where no live block and no output reads the state. */
  readonly inputSteps: readonly [number | null, number | null];
  /** The live blocks, in order. Empty, too, when the cell is not built because nothing reads it. */
  readonly blocks: readonly PlannedBlock[];
  /** Step of the cell's output, or null when the cell is not built. */
  readonly outputStep: number | null;
}

export interface Endpoint {
  /** The released code's name: `Stem`, `Cell_0`, `Reduction_Cell_0`, `AuxLogits`, `global_pool`, `Logits`, … */
  readonly name: string;
  readonly step: number;
  readonly shape: Shape;
}

/**
 * Steps refer to each other by index, always to an earlier one; every step is reached from the logits or from the
 * auxiliary logits, so every trainable variable has a gradient.
 */
export interface NetworkPlan {
  readonly architecture: Architecture;
  readonly scale: Scale;
  readonly steps: readonly Step[];
  readonly cells: readonly PlannedCell[];
  readonly endpoints: readonly Endpoint[];
  /** Step of the class scores, `[classes]`. */
  readonly logits: number;
  /** Step of the class probabilities, `[classes]`. */
  readonly predictions: number;
  /** Step of the auxiliary classifier's scores, used in training only; null where there is none. */
  readonly auxiliaryLogits: number | null;
}

/** Indices of the steps that a step reads. */
export function inputsOf(step: Step): readonly number[] {
  switch (step.kind) {
    case 'input':
      return [];
    case 'add':
    case 'concat':
      return step.inputs;
    default:
      return [step.input];
  }
}

/** Variables of a step, trainable ones first. */
export function variablesOf(step: Step): readonly PlanVariable[] {
  switch (step.kind) {
    case 'convolution':
    case 'depthwise':
      return [step.weights];
    case 'batch_norm':
      return [step.gamma, step.beta, step.movingMean, step.movingVariance];
    case 'dense':
      return [step.weights, step.biases];
    default:
      return [];
  }
}
