import type { Tensor } from '../tensor/graph.ts';
import { add, cast, equal, mean, multiply, sum } from '../tensor/operations/arithmetic.ts';
import { argMax, oneHot } from '../tensor/operations/array.ts';
import { softmaxCrossEntropy, sparseSoftmaxCrossEntropy } from '../tensor/operations/neural.ts';
import type { Network } from './network.ts';

export interface ClassificationLossOptions {
  /** Share of each label that is spread over all classes (TensorFlow's definition). */
  readonly labelSmoothing: number;
  /** Weight of the auxiliary classifier's loss, which has no part in accuracy. */
  readonly auxiliaryWeight: number;
}

/** Cross-entropy of each example, float32 [batch], with int32 classes [batch]. */
export function crossEntropy(logits: Tensor, classes: Tensor, labelSmoothing: number): Tensor {
  if (labelSmoothing === 0) return sparseSoftmaxCrossEntropy(logits, classes);
  const depth = logits.shape[1]!;
  const off = labelSmoothing / depth;
  return softmaxCrossEntropy(logits, oneHot(classes, depth, 1 - labelSmoothing + off, off));
}

/** The mean loss of a batch, a float32 scalar: classifier and weighted auxiliary classifier, without weight decay. */
export function classificationLoss(network: Network, classes: Tensor, options: ClassificationLossOptions): Tensor {
  const { labelSmoothing, auxiliaryWeight } = options;
  const main = mean(crossEntropy(network.logits, classes, labelSmoothing));
  if (network.auxiliaryLogits === null || auxiliaryWeight === 0) return main;
  const auxiliary = mean(crossEntropy(network.auxiliaryLogits, classes, labelSmoothing));
  return add(main, multiply(auxiliary, main.graph.constant(auxiliaryWeight, 'float32')));
}

/** 1 for each example whose largest score is its class's, else 0; float32 [batch]. */
export function hits(logits: Tensor, classes: Tensor): Tensor {
  return cast(equal(argMax(logits), classes), 'float32');
}

/** How many examples are classified right, a float32 scalar. */
export function countCorrect(logits: Tensor, classes: Tensor): Tensor {
  return sum(hits(logits, classes));
}
