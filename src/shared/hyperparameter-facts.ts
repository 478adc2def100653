import { PRESETS, type PresetName } from './presets.ts';
import { STRATEGY_FACTS, type StrategyFact } from './records/strategy.ts';

/** What a hyper-parameter means and where its value comes from. `unit` is empty for a pure number or a choice. */
export interface HyperparameterFact {
  readonly meaning: string;
  readonly unit: string;
  /** Of the value in each preset; `paper` is Zoph et al. 2018, `released code` its TensorFlow models. */
  readonly source: Readonly<Record<PresetName, string>>;
}

type Sources = string | (Partial<Record<PresetName, string>> & { readonly paper: string });

/** A preset that is not named has the paper preset's value and source. */
function fact(meaning: string, unit: string, source: Sources): HyperparameterFact {
  const named = typeof source === 'string' ? { paper: source } : source;
  const of = (preset: PresetName) => named[preset] ?? named.paper;
  return { meaning, unit, source: { paper: of('paper'), workstation: of('workstation'), quick: of('quick') } };
}

/** Mean validation accuracy of NASNet-A and three random architectures at the quick preset's scale; a seed each. */
const QUICK_MEASURED = {
  rate: 'ours, measured: 0.025 and 0.05 give 0.41 on average, 0.1 gives 0.43, 0.2 gives 0.40',
  batch: 'ours, measured: 16 (with half the rate) gives 0.44, no more than chance would',
  flip: 'ours, measured: 0.43 with and without',
};
const A_DAY = 'ours, so that 400 children fit a day; estimated for one current GPU, not measured';

/** By the path of each value in an experiment's configuration, but for its strategy's (STRATEGY_FACTS). */
export const HYPERPARAMETER_FACTS: Readonly<Record<string, HyperparameterFact>> = {
  seed: fact('Root of all randomness of the search', '', 'ours'),
  'space.blocks': fact('Blocks in each of the two cells', 'blocks', 'paper section 3: 5'),
  'space.operations': fact('What an operand of a block can be', '', 'paper section 3: 13'),
  'space.combinations': fact('How a block joins its operands', '', 'paper section 3: both'),
  'scale.stem': fact(
    'Layers before the first cell: for small images, or for large ones; auto: by the shorter side',
    '',
    'released code for both; ours: the small one up to 64 pixels',
  ),
  'scale.normalRepeats': fact('N: Normal cells in each of the three stacks', 'cells', {
    paper: 'paper A.6: 2',
    quick: 'ours, the fewest',
  }),
  'scale.filters': fact('F: filters of the first stack, doubled at each reduction', 'filters', {
    paper: '32; the paper does not state it, later work of its authors does',
    quick: 'ours: the widest of which a child takes half a minute on two cores',
  }),
  'scale.auxiliary': fact(
    'Whether a second classifier helps to train the lower cells',
    '',
    'ours: off; the paper names it for its full trainings only',
  ),
  'scale.skipReductionInput': fact(
    'Whether the Normal cell after a reduction reads the state before the reduction’s input',
    '',
    'released code: only its large model does',
  ),
  'recipe.epochs': fact('Times that a child sees its images', 'epochs', {
    paper: 'paper A.6: 20',
    workstation: A_DAY,
    quick: 'ours, for two CPU cores',
  }),
  'recipe.batchSize': fact('Images of one step', 'images', {
    paper: 'released code: 32',
    workstation: 'ours: a GPU is not busy with fewer',
    quick: QUICK_MEASURED.batch,
  }),
  'recipe.optimizer.kind': fact('How weights move along the gradient', '', 'paper A.6: momentum'),
  'recipe.optimizer.momentum': fact('Weight of the past in the direction of a step', 'per step', 'paper A.6: 0.9'),
  'recipe.optimizer.nesterov': fact(
    'Whether the gradient is looked up where momentum leads',
    '',
    'ours: off; the paper does not say',
  ),
  'recipe.learningRate.kind': fact('How the learning rate falls', '', 'paper A.6: one half period of a cosine'),
  'recipe.learningRate.initial': fact('Learning rate at its highest', 'per step', {
    paper: 'released code: 0.025',
    workstation: 'ours: the paper’s times four, as its batch',
    quick: QUICK_MEASURED.rate,
  }),
  'recipe.learningRate.final': fact('Learning rate at the end', 'per step', 'paper A.6: 0'),
  'recipe.warmupSteps': fact('Steps in which the learning rate rises to its highest', 'steps', {
    paper: 'none in the paper',
    workstation: 'ours: one epoch, as Goyal et al. 2017 for large batches',
    quick: 'ours: a twentieth of the steps or so',
  }),
  'recipe.weightDecay': fact(
    'Weight of half the sum of squares of all kernels in the loss',
    'per weight squared',
    'released code: 0.0005',
  ),
  'recipe.clipNorm': fact('Largest length of the whole gradient; 0: any', '', 'released code: 5'),
  'recipe.labelSmoothing': fact(
    'Share of a label that is spread over all classes',
    'fraction',
    'none for CIFAR-10 in paper and released code',
  ),
  'recipe.auxiliaryWeight': fact(
    'Weight of the auxiliary classifier’s loss, where there is one',
    '',
    'paper A.7 and released code: 0.4',
  ),
  'recipe.dropoutKeep': fact('Probability that a feature before the classifier is kept', '', 'released code: 1'),
  'recipe.dropPathKeep': fact('ScheduledDropPath: probability that the last cell keeps a path, at the end', '', {
    paper: 'released code: 0.6, for full trainings; the paper does not state it for the search',
    workstation: 'ours: less, as the training is shorter',
    quick: 'ours: off, two epochs leave nothing to regularise',
  }),
  'recipe.batchNorm.decay': fact(
    'Weight of the past in batch normalisation’s moving statistics',
    'per step',
    'released code: 0.9',
  ),
  'recipe.batchNorm.epsilon': fact('Added to variances in batch normalisation', '', 'released code: 0.00001'),
  'recipe.weightAverageDecay': fact(
    'Weight of the past in the average of weights that is evaluated; 0: the weights themselves',
    'per step',
    'none for CIFAR-10 in paper and released code',
  ),
  'recipe.precision': fact('Type of numbers that a child computes with', '', 'ours: float32, as everybody’s in 2018'),
  'recipe.augmentation.flip': fact('Whether images are mirrored at random', '', {
    paper: 'paper A.1',
    quick: QUICK_MEASURED.flip,
  }),
  'recipe.augmentation.cropPadding': fact('Zeros on each side before a random crop', 'pixels', {
    paper: 'paper A.1: 32 x 32 out of 40 x 40 (which it upsamples)',
    quick: 'ours: off, two epochs hardly repeat an image',
  }),
  'recipe.augmentation.cutout': fact('Side of a square that is blanked; 0: none', 'pixels', 'not in the search'),
  'recipe.preprocessing.kind': fact('What is done to an image before the network sees it', '', 'paper A.1: whitened'),
  'subset.training.share': fact('Part of the training images that a child learns from', 'fraction', {
    paper: 'paper A.1: 45,000 of 50,000',
    workstation: A_DAY,
    quick: 'ours, for sets of fewer than 5,000 images',
  }),
  'subset.training.most': fact('And no more images than these', 'images', {
    paper: 'paper A.1: 45,000',
    workstation: A_DAY,
    quick: 'ours, for two CPU cores',
  }),
  'subset.validation.share': fact('Part of them, never trained on, whose accuracy is the reward', 'fraction', {
    paper: 'paper A.1: 5,000 of 50,000',
    quick: 'ours, for sets of fewer than 5,000 images',
  }),
  'subset.validation.most': fact('And no more images than these', 'images', {
    paper: 'paper A.1: 5,000',
    quick: 'ours: a reward’s standard error is then 0.016',
  }),
  'reward.epoch': fact('Which validation accuracy is the reward', '', 'paper A.2, read as: the last epoch’s'),
  'limits.timeLimitMs': fact('A child that trains longer fails; 0: no limit', 'ms', {
    paper: 'none in the paper',
    workstation: 'ours',
    quick: 'ours',
  }),
  'budget.trials': fact('Children that are trained, or whose reward is reused', 'children', {
    paper: 'paper A.3: 20,000',
    workstation: 'ours: 40 updates of the controller in a day',
    quick: 'ours',
  }),
  'budget.timeLimitMs': fact('No child is begun after this long; 0: no limit', 'ms', {
    paper: 'none in the paper',
    workstation: 'ours: a day',
  }),
  trialsAtOnce: fact('Children in training at the same time', 'children', {
    paper: 'ours: 1; the authors had 450 GPUs',
    workstation: 'ours: one GPU',
    quick: 'ours: one child keeps two cores busy',
  }),
  keepWeights: fact('The best so many children keep their weights', 'children', 'ours'),
  retrainRepeats: fact(
    'Whether an architecture that is proposed again is trained again',
    '',
    'ours: its reward is reused; the paper does not say',
  ),
  checkpointEveryMs: fact('Longest time of training that a crash can cost', 'ms', 'ours'),
  checkpointEverySteps: fact('And so many steps at most; 0 leaves it to the time', 'steps', 'ours'),
};

/** Meaning, unit and source of a value in a preset by its path (`recipe.epochs`, `strategy.batchSize`), or undefined. */
export function factOf(
  preset: PresetName,
  path: string,
  strategy: keyof typeof STRATEGY_FACTS,
): StrategyFact | undefined {
  const [first, name, ...others] = path.split('.');
  if (first === 'strategy' && name !== undefined && others.length === 0) return strategyFact(preset, name, strategy);
  const known = HYPERPARAMETER_FACTS[path];
  return known && { meaning: known.meaning, unit: known.unit, source: known.source[preset] };
}

function strategyFact(
  preset: PresetName,
  name: string,
  strategy: keyof typeof STRATEGY_FACTS,
): StrategyFact | undefined {
  if (name === 'kind') return { meaning: 'How architectures are proposed', unit: '', source: 'paper section 3: ppo' };
  const known = (STRATEGY_FACTS[strategy] as Partial<Record<string, StrategyFact>>)[name];
  if (!known || name !== 'batchSize' || preset === 'paper') return known;
  const { batchSize } = PRESETS[preset].strategies[strategy];
  return { ...known, source: `ours: ${batchSize}, so that a short search learns more than a few times` };
}
