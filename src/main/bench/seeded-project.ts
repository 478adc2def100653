import { experimentFromPreset } from '../../shared/presets.ts';
import { deriveSeed, randomNormal, randomUint32, randomUnit } from '../../shared/random.ts';
import type { Architecture, Scale } from '../../shared/records/architecture.ts';
import type { ExperimentConfig } from '../../shared/records/experiment.ts';
import type { Epoch, Outcome, TrainSpec } from '../../shared/records/run.ts';
import { architectureHash } from '../../shared/search-space/canonical.ts';
import { childScale } from '../../shared/search-space/child-scale.ts';
import { cost } from '../../shared/search-space/cost.ts';
import { randomArchitecture, uniformLogProbability } from '../../shared/search-space/decisions.ts';
import { planNetwork } from '../../shared/search-space/plan-network.ts';
import { operationUses, usesAt } from '../store/operation-uses.ts';
import { openStore, type Store } from '../store/store.ts';
import type { NewTrial } from '../store/trials.ts';

export interface SeededProject {
  readonly trials: number;
  /** Of each trial that was trained. */
  readonly epochs: number;
  readonly seed: number;
  /** Of a cell; the paper's 5 when left out. */
  readonly blocks?: number;
  /** Hears the number of trials written so far. */
  readonly onProgress?: (trials: number) => void;
}

/** One transaction holds so many trials. */
const CHUNK = 500;
const BEGUN = Date.parse('2026-01-31T14:25:07.000Z');
/** CIFAR-10's. */
const IMAGES = { height: 32, width: 32, channels: 3, classes: 10 } as const;
const IDENTITY = '0'.repeat(64);

/** How the trials of a seeded project are, in fractions: near what searches of a few hundred trials left (ours). */
const PARTS = { reused: 0.08, trainedAgain: 0.04, failed: 0.03, pruned: 0.03, cancelled: 0.01 } as const;
/** Parts of the cells that have a star, a note and a tag. */
const LABELLED = { star: 0.02, note: 0.01, tag: 0.03 } as const;
const TAGS = ['promising', 'odd start', 'look again', 'paper'] as const;

/**
 * Writes a project that a finished search of so many trials might have left, through the store's own tables: cells by
 * chance, rewards that depend on their operations and rise in the course of the search, curves, failures, cells that
 * were proposed again, labels. The same seed gives the same project, times apart. Returns the experiment's number.
 */
export async function seedProject(folder: string, project: SeededProject): Promise<number> {
  const store = openStore(
    folder,
    () => undefined,
    () => new Date(),
  );
  try {
    const config = seededConfig(project);
    const experiment = store.transaction(() => {
      const id = store.experiments.create(config, at(0));
      store.datasets.add(id, { name: config.dataset, version: 1, identity: IDENTITY, ...IMAGES });
      return id;
    });
    const writer = new Writer(store, experiment, config, project);
    for (let first = 1; first <= project.trials; first += CHUNK) {
      const last = Math.min(first + CHUNK - 1, project.trials);
      store.transaction(() => writer.writeTrials(first, last));
      project.onProgress?.(last);
    }
    store.transaction(() => {
      writer.writeLabels();
      store.experiments.setClock(experiment, project.trials * 30_000, project.trials * 12);
      store.experiments.setState(experiment, 'completed', null, at(project.trials + 1));
    });
    return experiment;
  } finally {
    await store.close();
  }
}

function seededConfig({ trials, epochs, seed, blocks }: SeededProject): ExperimentConfig {
  const config = experimentFromPreset('quick', { dataset: 'cifar10', trials });
  const space = { ...config.space, blocks: blocks ?? config.space.blocks };
  return { ...config, name: `seeded ${trials} x ${epochs}`, seed, space, recipe: { ...config.recipe, epochs } };
}

/** The moment that a trial began, half a minute a trial. */
const at = (trial: number): string => new Date(BEGUN + trial * 30_000).toISOString();

interface Proposed {
  readonly trial: number;
  readonly architecture: Architecture;
  readonly hash: string;
  readonly sizes: Pick<NewTrial, 'trainableParameters' | 'totalParameters' | 'multiplyAdds'>;
  /** What a training of it is expected to reach, before luck. */
  readonly quality: number;
}

class Writer {
  private readonly store: Store;
  private readonly experiment: number;
  private readonly config: ExperimentConfig;
  private readonly project: SeededProject;
  private readonly scale: Scale;
  private readonly chance: number;
  private readonly logProbability: number;
  /** Distinct cells that were trained, in the order of their proposals. */
  private readonly trained: Proposed[] = [];

  constructor(store: Store, experiment: number, config: ExperimentConfig, project: SeededProject) {
    this.store = store;
    this.experiment = experiment;
    this.config = config;
    this.project = project;
    this.scale = childScale(config.scale, IMAGES);
    this.chance = deriveSeed(project.seed, 'seeded project');
    this.logProbability = uniformLogProbability(config.space);
  }

  writeTrials(first: number, last: number): void {
    for (let trial = first; trial <= last; trial++) this.writeTrial(trial);
  }

  private writeTrial(trial: number): void {
    const { store, experiment } = this;
    const lot = randomUnit(this.chance, trial, 1);
    const isAgain = lot < PARTS.reused + PARTS.trainedAgain && this.trained.length > 0;
    const proposed = isAgain ? this.earlier(trial) : this.propose(trial);
    store.trials.add([this.newTrial(trial, proposed)]);
    if (isAgain && lot < PARTS.reused) {
      store.trials.reuse(experiment, trial, proposed.trial, at(trial));
      return;
    }
    const run = store.rows.idOf(experiment, trial);
    const lease = store.runs.lease(run);
    if (!lease || !store.runs.begin(lease, at(trial))) throw new Error(`trial ${trial} could not be begun`);
    const outcome = this.outcome(run, trial, proposed);
    if (outcome.kind === 'cancelled') {
      store.runs.cancel(run, 'Cancelled on request.', at(trial + 1));
      return;
    }
    const end = { outcome, durationMs: this.duration(trial, proposed), weightsHash: null, weights: null };
    const steps = this.project.epochs * 250;
    store.runs.advance(lease, outcome.kind === 'completed' ? steps : steps / 2, steps, 0);
    store.runs.finish(lease, end, at(trial + 1));
    if (outcome.kind === 'completed' && !isAgain) this.trained.push({ ...proposed, trial });
  }

  private propose(trial: number): Proposed {
    let draw = 0;
    const architecture = randomArchitecture(this.config.space, () => randomUnit(this.chance, trial, 2, draw++));
    const { trainableParameters, totalParameters, multiplyAdds } = cost(planNetwork(architecture, this.scale));
    const quality = this.quality(architecture, trial);
    const sizes = { trainableParameters, totalParameters, multiplyAdds };
    return { trial, architecture, hash: architectureHash(architecture), sizes, quality };
  }

  private earlier(trial: number): Proposed {
    const place = randomUint32(this.chance, trial, 3) % this.trained.length;
    const earlier = this.trained[place];
    if (!earlier) throw new Error('no cell was trained yet');
    return earlier;
  }

  /** Separable operations help, pools harm, and later proposals are better. */
  private quality(architecture: Architecture, trial: number): number {
    const uses = operationUses(architecture);
    const all = [...uses].reduce((sum, _, place) => sum + usesAt(uses, place), 0);
    const separable = [10, 11, 12].reduce((sum, place) => sum + usesAt(uses, place), 0) / all;
    const pools = [4, 5, 6, 7].reduce((sum, place) => sum + usesAt(uses, place), 0) / all;
    return 0.5 + 0.15 * separable - 0.1 * pools + 0.08 * (trial / this.project.trials);
  }

  private newTrial(trial: number, { architecture, hash, sizes }: Proposed): NewTrial {
    const batch = Math.ceil(trial / this.config.strategy.batchSize);
    const seed = deriveSeed(this.project.seed, 'trial', trial);
    return {
      experiment: this.experiment,
      trial,
      proposal: trial,
      spec: this.spec(architecture, seed),
      batch,
      architecture,
      hash,
      origin: `update ${batch - 1}`,
      parent: null,
      logProbability: this.logProbability,
      seed,
      ...sizes,
      queuedAt: at(trial),
    };
  }

  private spec(architecture: Architecture, seed: number): TrainSpec {
    const { recipe, subset, reward, limits, dataset } = this.config;
    return {
      version: 1,
      kind: 'train',
      architecture,
      scale: this.scale,
      recipe,
      subset: { training: subset.training.most, validation: subset.validation.most },
      dataset: { ref: { name: dataset, version: 1 }, identity: IDENTITY },
      splitSeed: 1,
      seed,
      reward,
      limits,
    };
  }

  /** With the curve that leads to it, which is stored. */
  private outcome(run: number, trial: number, { quality }: Proposed): Outcome {
    const lot = randomUnit(this.chance, trial, 4);
    if (lot < PARTS.cancelled) return { kind: 'cancelled', message: 'Cancelled on request.' };
    if (lot < PARTS.cancelled + PARTS.failed) {
      const reason = (['nan_loss', 'out_of_memory', 'crashed'] as const)[trial % 3] ?? 'error';
      return { kind: 'failed', reason, message: 'It was made to fail.' };
    }
    const reached = Math.min(0.95, Math.max(0.1, quality + 0.02 * randomNormal(this.chance, trial, 5)));
    const isPruned = lot < PARTS.cancelled + PARTS.failed + PARTS.pruned;
    const curve = this.writeCurve(run, trial, reached, isPruned ? this.project.epochs >> 1 : this.project.epochs);
    if (isPruned) return { kind: 'pruned', message: 'It fell behind the median.' };
    const bestAccuracy = Math.max(...curve);
    return { kind: 'completed', reward: curve.at(-1) ?? 0, bestAccuracy, bestEpoch: curve.indexOf(bestAccuracy) + 1 };
  }

  /** Validation accuracies by epoch. */
  private writeCurve(run: number, trial: number, reached: number, epochs: number): number[] {
    return Array.from({ length: epochs }, (_, index) => {
      const noise = 0.006 * randomNormal(this.chance, trial, 6, index);
      const accuracy = Math.min(0.99, Math.max(0.1, reached * (1 - 0.6 * Math.exp(-index / 3)) + noise));
      this.store.epochs.add(run, this.epoch(trial, index, accuracy));
      return accuracy;
    });
  }

  private epoch(trial: number, index: number, accuracy: number): Epoch {
    const { epochs } = this.project;
    return {
      epoch: index + 1,
      trainingLoss: 2.3 * Math.exp(-index / 6) + 0.4,
      trainingAccuracy: Math.min(1, accuracy + 0.02),
      validationLoss: 2.4 * Math.exp(-index / 6) + 0.5,
      validationAccuracy: accuracy,
      learningRate: 0.0125 * (1 + Math.cos((Math.PI * index) / epochs)),
      dropPathKeep: 1,
      durationMs: 1_400 + 10 * randomNormal(this.chance, trial, 7, index),
    };
  }

  /** Larger cells take longer. */
  private duration(trial: number, { sizes }: Proposed): number {
    return Math.round(20_000 + sizes.multiplyAdds / 1_000 + 2_000 * randomUnit(this.chance, trial, 8));
  }

  writeLabels(): void {
    for (const { hash, trial } of this.trained) {
      const draw = (stream: number): number => randomUnit(this.chance, trial, stream);
      const isStarred = draw(9) < LABELLED.star;
      const note = draw(10) < LABELLED.note ? `Odd start of trial ${trial}, look at its curve` : '';
      const tags = draw(11) < LABELLED.tag ? [TAGS[trial % TAGS.length] ?? 'paper'] : [];
      if (isStarred || note !== '' || tags.length > 0) {
        this.store.labels.set(this.experiment, hash, { isStarred, note, tags });
      }
    }
  }
}
