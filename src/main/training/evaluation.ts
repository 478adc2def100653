import type { Recipe } from '../../shared/records/recipe.ts';
import type { NetworkPlan } from '../../shared/search-space/plan.ts';
import { crossEntropy, hits } from '../child-model/classification-loss.ts';
import { buildNetwork } from '../child-model/network.ts';
import { preprocess } from '../child-model/preprocess.ts';
import type { Graph, Tensor } from '../tensor/graph.ts';
import { cast, identity, multiply, sum } from '../tensor/operations/arithmetic.ts';
import { concat, reshape } from '../tensor/operations/array.ts';
import type { ParameterSource } from '../tensor/parameters.ts';
import type { PreparedRun } from '../tensor/session.ts';
import type { ImageBatch, ImageSource } from './image-source.ts';
import type { ImageSplit } from './image-split.ts';

/** Images of one evaluation run; ours, it changes no result but for the last bits of the mean loss. */
const EVALUATION_BATCH = 100;

/** A network's answers to a batch, counted in the graph. */
export interface Evaluation {
  readonly batch: ImageBatch;
  /** float32 [2]: sums of loss (no smoothing, no decay) and of right answers over the counted images. */
  readonly report: Tensor;
  /** float32 [batch]: 1 for images that count, 0 for those that fill up the last batch. */
  readonly counted: Tensor;
  readonly batchSize: number;
}

export interface EvaluationOptions {
  readonly plan: NetworkPlan;
  /** Asked once, with the evaluation's scope open. */
  readonly parameters: () => ParameterSource;
  readonly source: ImageSource;
  readonly batchSize: number;
  readonly precision: Recipe['precision'];
  readonly batchNormEpsilon: number;
}

export function evaluationBatchSize({ validation }: Pick<ImageSplit, 'validation'>): number {
  return Math.min(EVALUATION_BATCH, validation);
}

/** Adds the network as it answers outside of training, with what counts its right answers. */
export function addEvaluation(graph: Graph, options: EvaluationOptions): Evaluation {
  return graph.scope('evaluate', () => {
    const { plan, parameters, batchSize, precision, batchNormEpsilon } = options;
    const batch = options.source.batch('evaluate', batchSize);
    const counted = graph.placeholder('counted', 'float32', [batchSize]);
    const { logits } = buildNetwork(plan, {
      images: cast(preprocess(batch.images), precision),
      parameters: parameters(),
      mode: { kind: 'inference' },
      batchNormEpsilon,
    });
    const loss = sum(multiply(crossEntropy(logits, batch.classes, 0), counted));
    const correct = sum(multiply(hits(logits, batch.classes), counted));
    return { batch, counted, batchSize, report: identity(pair(loss, correct), { name: 'report' }) };
  });
}

/** Two scalars as one float32 [2]. */
export function pair(first: Tensor, second: Tensor): Tensor {
  return concat([reshape(first, [1]), reshape(second, [1])], 0);
}

export interface BatchSums {
  readonly loss: number;
  readonly correct: number;
}

/**
 * Mean loss and right answers over the validation images; null when `interrupted` said so between two batches. `run`
 * fetches the report and feeds the batch, then what counts.
 */
export function evaluate(
  { batch, batchSize }: Evaluation,
  run: PreparedRun,
  { training: first, validation }: Pick<ImageSplit, 'training' | 'validation'>,
  interrupted: () => boolean,
): BatchSums | null {
  const sums = { loss: 0, correct: 0 };
  for (let at = 0; at < validation; at += batchSize) {
    if (interrupted()) return null;
    const filled = Math.min(batchSize, validation - at);
    const places = Int32Array.from({ length: batchSize }, (_, index) => first + at + Math.min(index, filled - 1));
    const counted = Float32Array.from({ length: batchSize }, (_, index) => (index < filled ? 1 : 0));
    const part = readSums(run([...batch.values(places), counted])[0]);
    sums.loss += part.loss;
    sums.correct += part.correct;
  }
  return { loss: sums.loss / validation, correct: sums.correct };
}

export function readSums(report: unknown): BatchSums {
  if (!(report instanceof Float32Array)) throw new TypeError('A report holds two float32 numbers.');
  return { loss: report[0]!, correct: report[1]! };
}
