import type { Tensor } from '../tensor/graph.ts';
import type { NetworkBody } from './body.ts';

/** The classifier on the last feature map: class scores, float32 [batch, classes], with their softmax behind them. */
export function classificationHead(body: NetworkBody): Tensor {
  const { logits, predictions } = body.plan;
  const scores = body.upTo(logits);
  body.upTo(predictions);
  return scores;
}

/** The second classifier, on a map of the second stack, that helps to train: float32 [batch, classes], or null. */
export function auxiliaryHead(body: NetworkBody): Tensor | null {
  const { auxiliaryLogits } = body.plan;
  return auxiliaryLogits === null ? null : body.upTo(auxiliaryLogits);
}
