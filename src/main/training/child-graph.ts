import type { Training } from '../../shared/records/training.ts';
import type { NetworkPlan } from '../../shared/search-space/plan.ts';
import { classificationLoss, countCorrect, crossEntropy, hits } from '../child-model/classification-loss.ts';
import { CHANCE_PLACES, dropPathMasks } from '../child-model/drop-path.ts';
import { dropout } from '../child-model/dropout.ts';
import { buildNetwork } from '../child-model/network.ts';
import { Graph, type Tensor } from '../tensor/graph.ts';
import { augment, whiten } from '../tensor/images.ts';
import { cast, identity, multiply, sum } from '../tensor/operations/arithmetic.ts';
import { concat, reshape } from '../tensor/operations/array.ts';
import { placeSeed } from '../tensor/operations/random.ts';
import { Parameters } from '../tensor/parameters.ts';
import { StateBlock } from '../tensor/state-block.ts';
import { type TrainingStep, trainingStep } from '../tensor/training-step.ts';
import type { ImageBatch, ImageSource } from './image-source.ts';

/** Everything that is done with a child, as one graph whose runs share their variables. */
export interface ChildGraph {
  readonly graph: Graph;
  readonly parameters: Parameters;
  readonly source: ImageSource;
  readonly step: TrainingStep;
  readonly train: {
    readonly batch: ImageBatch;
    /** float32 [2]: the step's loss, and how many of the batch are right. Fetching it makes the step happen. */
    readonly report: Tensor;
    /** int32 [2]: [seed, step]. */
    readonly chance: Tensor;
    readonly learningRate: Tensor;
    /** Scalar float32, or null without drop path. */
    readonly dropPathProgress: Tensor | null;
    /** Scalar float32, or null where no average of the weights is kept. */
    readonly averageDecay: Tensor | null;
  };
  readonly evaluate: {
    readonly batch: ImageBatch;
    /** float32 [2]: sums of loss (no smoothing, no decay) and of right answers over the counted images. */
    readonly report: Tensor;
    /** float32 [batch]: 1 for images that count, 0 for those that fill up the last batch. */
    readonly counted: Tensor;
    readonly batchSize: number;
  };
  readonly state: StateBlock;
}

export interface ChildGraphOptions {
  readonly plan: NetworkPlan;
  readonly training: Training;
  readonly batchSize: number;
  readonly evaluationBatchSize: number;
  readonly source: (graph: Graph) => ImageSource;
  /** TensorFlow's device name; empty leaves the choice to TensorFlow. */
  readonly device: string;
  /** Called after each part with its name: network, gradients, evaluation. */
  readonly lap?: (part: 'network' | 'gradients' | 'evaluation') => void;
}

/** Builds the graph of a child: its training step and its evaluation. */
export function buildChildGraph(options: ChildGraphOptions): ChildGraph {
  const graph = new Graph();
  return graph.device(options.device, () => buildOn(graph, options));
}

function buildOn(graph: Graph, options: ChildGraphOptions): ChildGraph {
  const { training, lap } = options;
  const source = options.source(graph);
  const parameters = new Parameters(graph, { computeType: training.precision });
  const batch = source.batch('train', options.batchSize);
  const feeds = trainingFeeds(graph, training);
  const { loss, correct } = graph.scope('train', () => trainingNetwork(options, parameters, batch, feeds));
  lap?.('network');
  const step = trainingStep({
    parameters,
    loss,
    optimizer: training.optimizer,
    learningRate: feeds.learningRate,
    weightDecay: training.weightDecay,
    clipNorm: training.clipNorm,
    statisticsDecay: training.batchNorm.decay,
    averageDecay: feeds.averageDecay ?? undefined,
    scaleLoss: training.precision === 'float16',
  });
  const report = identity(pair(step.loss, correct), { after: [step.done], name: 'train/report' });
  lap?.('gradients');
  const evaluate = graph.scope('evaluate', () => evaluationNetwork(options, parameters, step, source, graph));
  const state = new StateBlock(graph, step.state);
  lap?.('evaluation');
  return { graph, parameters, source, step, train: { batch, report, ...feeds }, evaluate, state };
}

type TrainingFeeds = Pick<ChildGraph['train'], 'chance' | 'learningRate' | 'dropPathProgress' | 'averageDecay'>;

function trainingFeeds(graph: Graph, training: Training): TrainingFeeds {
  const scalar = (name: string) => graph.placeholder(name, 'float32', []);
  return {
    chance: graph.placeholder('chance', 'int32', [2]),
    learningRate: scalar('learning_rate'),
    dropPathProgress: training.dropPathKeep < 1 ? scalar('drop_path_progress') : null,
    averageDecay: training.weightAverageDecay > 0 ? scalar('average_decay') : null,
  };
}

function trainingNetwork(
  { plan, training, batchSize }: ChildGraphOptions,
  parameters: Parameters,
  batch: ImageBatch,
  { chance, dropPathProgress: progress }: TrainingFeeds,
): { loss: Tensor; correct: Tensor } {
  const { precision: dtype, dropPathKeep: keepFinal, dropoutKeep } = training;
  const whitened = augment(whiten(batch.images), placeSeed(chance, CHANCE_PLACES.augmentation), training.augmentation);
  const dropPath = progress
    ? dropPathMasks(plan, { keepFinal, progress, chance, batchSize, dtype })
    : new Map<number, Tensor>();
  const network = buildNetwork(plan, {
    images: cast(whitened, dtype),
    parameters,
    mode: {
      kind: 'training',
      dropPath,
      dropout: dropoutKeep < 1 ? (features) => dropout(features, dropoutKeep, chance) : null,
    },
    batchNormEpsilon: training.batchNorm.epsilon,
  });
  return {
    loss: classificationLoss(network, batch.classes, training),
    correct: countCorrect(network.logits, batch.classes),
  };
}

function evaluationNetwork(
  { plan, training, evaluationBatchSize: batchSize }: ChildGraphOptions,
  parameters: Parameters,
  step: TrainingStep,
  source: ImageSource,
  graph: Graph,
): ChildGraph['evaluate'] {
  const batch = source.batch('evaluate', batchSize);
  const counted = graph.placeholder('counted', 'float32', [batchSize]);
  const { logits } = buildNetwork(plan, {
    images: cast(whiten(batch.images), training.precision),
    parameters: parameters.readFrom(step.averages ?? {}),
    mode: { kind: 'inference' },
    batchNormEpsilon: training.batchNorm.epsilon,
  });
  const loss = sum(multiply(crossEntropy(logits, batch.classes, 0), counted));
  const correct = sum(multiply(hits(logits, batch.classes), counted));
  return { batch, counted, batchSize, report: identity(pair(loss, correct), { name: 'report' }) };
}

function pair(first: Tensor, second: Tensor): Tensor {
  return concat([reshape(first, [1]), reshape(second, [1])], 0);
}
