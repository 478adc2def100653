import type { Recipe } from '../../shared/records/recipe.ts';
import type { NetworkPlan } from '../../shared/search-space/plan.ts';
import { classificationLoss, countCorrect } from '../child-model/classification-loss.ts';
import { CHANCE_PLACES, dropPathMasks } from '../child-model/drop-path.ts';
import { dropout } from '../child-model/dropout.ts';
import { buildNetwork } from '../child-model/network.ts';
import { preprocess } from '../child-model/preprocess.ts';
import { Graph, type Tensor } from '../tensor/graph.ts';
import { augment } from '../tensor/images.ts';
import { cast, identity } from '../tensor/operations/arithmetic.ts';
import { placeSeed } from '../tensor/operations/random.ts';
import { Parameters } from '../tensor/parameters.ts';
import { StateBlock } from '../tensor/state-block.ts';
import { type TrainingStep, trainingStep } from '../tensor/training-step.ts';
import { addEvaluation, type Evaluation, pair } from './evaluation.ts';
import type { ImageBatch, ImageSource } from './image-source.ts';

/** Everything that is done with a child, as one graph whose runs share their variables. */
export interface ChildGraph {
  readonly graph: Graph;
  readonly plan: NetworkPlan;
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
  readonly evaluate: Evaluation;
  readonly state: StateBlock;
}

export interface ChildGraphOptions {
  readonly plan: NetworkPlan;
  readonly recipe: Recipe;
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
  const { recipe, lap } = options;
  const source = options.source(graph);
  const parameters = new Parameters(graph, { computeType: recipe.precision });
  const batch = source.batch('train', options.batchSize);
  const feeds = trainingFeeds(graph, recipe);
  const { loss, correct } = graph.scope('train', () => trainingNetwork(options, parameters, batch, feeds));
  lap?.('network');
  const step = trainingStep({
    parameters,
    loss,
    optimizer: recipe.optimizer,
    learningRate: feeds.learningRate,
    weightDecay: recipe.weightDecay,
    clipNorm: recipe.clipNorm,
    statisticsDecay: recipe.batchNorm.decay,
    averageDecay: feeds.averageDecay ?? undefined,
    scaleLoss: recipe.precision === 'float16',
  });
  const report = identity(pair(step.loss, correct), { after: [step.done], name: 'train/report' });
  lap?.('gradients');
  const evaluate = addEvaluation(graph, {
    plan: options.plan,
    parameters: () => parameters.readFrom(step.averages ?? {}),
    source,
    batchSize: options.evaluationBatchSize,
    precision: recipe.precision,
    batchNormEpsilon: recipe.batchNorm.epsilon,
  });
  const state = new StateBlock(graph, step.state);
  lap?.('evaluation');
  return { graph, plan: options.plan, parameters, source, step, train: { batch, report, ...feeds }, evaluate, state };
}

type TrainingFeeds = Pick<ChildGraph['train'], 'chance' | 'learningRate' | 'dropPathProgress' | 'averageDecay'>;

function trainingFeeds(graph: Graph, recipe: Recipe): TrainingFeeds {
  const scalar = (name: string) => graph.placeholder(name, 'float32', []);
  return {
    chance: graph.placeholder('chance', 'int32', [2]),
    learningRate: scalar('learning_rate'),
    dropPathProgress: recipe.dropPathKeep < 1 ? scalar('drop_path_progress') : null,
    averageDecay: recipe.weightAverageDecay > 0 ? scalar('average_decay') : null,
  };
}

function trainingNetwork(
  { plan, recipe, batchSize }: ChildGraphOptions,
  parameters: Parameters,
  batch: ImageBatch,
  { chance, dropPathProgress: progress }: TrainingFeeds,
): { loss: Tensor; correct: Tensor } {
  const { precision: dtype, dropPathKeep: keepFinal, dropoutKeep } = recipe;
  const augmented = augment(
    preprocess(batch.images),
    placeSeed(chance, CHANCE_PLACES.augmentation),
    recipe.augmentation,
  );
  const dropPath = progress
    ? dropPathMasks(plan, { keepFinal, progress, chance, batchSize, dtype })
    : new Map<number, Tensor>();
  const network = buildNetwork(plan, {
    images: cast(augmented, dtype),
    parameters,
    mode: {
      kind: 'training',
      dropPath,
      dropout: dropoutKeep < 1 ? (features) => dropout(features, dropoutKeep, chance) : null,
    },
    batchNormEpsilon: recipe.batchNorm.epsilon,
  });
  return {
    loss: classificationLoss(network, batch.classes, recipe),
    correct: countCorrect(network.logits, batch.classes),
  };
}
