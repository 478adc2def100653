import type { Optimizer } from '../../shared/records/training.ts';
import type { After, Tensor, Variable } from './graph.ts';
import type { Parameters } from './parameters.ts';

export interface TrainingStepOptions {
  readonly parameters: Parameters;
  /** Scalar float32: mean loss of the batch, auxiliary loss included, weight decay not. */
  readonly loss: Tensor;
  readonly optimizer: Optimizer;
  /** Scalar float32, fed at each step. */
  readonly learningRate: Tensor;
  /** weightDecay · Σ w² / 2 over all kernels is added to the loss, and its gradient to theirs; 0 switches it off. */
  readonly weightDecay: number;
  /** Largest global norm of the whole gradient, weight decay's part included; 0 switches clipping off. */
  readonly clipNorm: number;
  /** Decay of the batch-norm statistics' moving averages. */
  readonly statisticsDecay: number;
  /** Decay of the weights' moving average; 0 keeps none. */
  readonly averageDecay: number;
  /** Dynamic loss scaling (float16): a step whose gradients are not finite changes nothing but the scale. */
  readonly scaleLoss: boolean;
}

export interface TrainingStep {
  /** bool scalar: fetched, it makes the step happen. */
  readonly done: Tensor;
  /** Data loss plus weight decay, at the weights before the step. Depends on nothing of the update. */
  readonly loss: Tensor;
  /** Global norm of the gradient before clipping (and after unscaling). */
  readonly gradientNorm: Tensor;
  /** All that a checkpoint must hold to go on bit for bit. */
  readonly state: readonly Variable[];
  /** Banks of averaged weights for `parameters.readFrom`; undefined when no average is kept. */
  readonly averages: { readonly kernels?: Tensor; readonly vectors?: Tensor } | undefined;
}

/** Adds the backward pass and the updates to the graph. */
export function trainingStep(_options: TrainingStepOptions): TrainingStep {
  throw new Error('not written yet');
}
export type { After };
