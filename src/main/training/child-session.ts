import { deriveSeed, permutation } from '../../shared/random.ts';
import { planNetwork } from '../../shared/search-space/plan-network.ts';
import type { NamedTensor } from '../artifacts/safetensors.ts';
import { type FeedValue, type PreparedRun, Session } from '../tensor/session.ts';
import { averageDecayAt } from '../tensor/training-step.ts';
import { type CheckpointContent, type ReadCheckpoint, readCheckpoint, type TrainingProgress } from './checkpoint.ts';
import { buildChildGraph, type ChildGraph } from './child-graph.ts';
import { type BatchSums, evaluate, evaluationBatchSize, readSums } from './evaluation.ts';
import { imageSource } from './image-source.ts';
import { ImageSplit } from './image-split.ts';
import { networkWeights } from './network-weights.ts';
import { countSteps, dropPathProgress, learningRateAt, type StepCounts } from './schedule.ts';
import { Stopwatch, type TrainingTimings } from './timings.ts';
import type { TrainJob } from './train-job.ts';
import { expectSameTrajectory, trainingEnvironment, trajectoryOf } from './training-identity.ts';

/** What a job's seed becomes, one for each use. */
interface ChildSeeds {
  readonly initialisation: number;
  readonly order: number;
  /** Augmentation, drop path and dropout. */
  readonly chance: number;
}

/** One child in training: its graph in TensorFlow, and where it stands. Steps are made one by one; see `trainChild`. */
export class ChildSession {
  readonly counts: StepCounts;
  readonly progress: Mutable<TrainingProgress>;
  /** False when the state came from another environment. */
  readonly exact: boolean;
  private readonly job: TrainJob;
  private readonly split: ImageSplit;
  private readonly child: ChildGraph;
  private readonly session: Session;
  private readonly watch: Stopwatch;
  private readonly seeds: ChildSeeds;
  private readonly runTraining: PreparedRun;
  private readonly runEvaluation: PreparedRun;
  private order: { readonly epoch: number; readonly places: Int32Array } | undefined;

  private constructor(job: TrainJob, split: ImageSplit, opened: Opened) {
    this.job = job;
    this.split = split;
    this.child = opened.child;
    this.session = opened.session;
    this.watch = opened.watch;
    this.seeds = childSeeds(job.seed);
    this.counts = countSteps(job);
    const { train, evaluate } = opened.child;
    this.runTraining = opened.session.prepare([train.report], [...train.batch.fed, ...trainingFeeds(opened.child)]);
    this.runEvaluation = opened.session.prepare([evaluate.report], [...evaluate.batch.fed, evaluate.counted]);
    const stored = opened.checkpoint;
    this.progress = stored ? { ...stored.progress, epochs: [...stored.progress.epochs] } : freshProgress();
    this.exact = stored === undefined || sameEnvironment(stored, job.device);
    if (stored) opened.child.state.write(opened.session, stored.body);
    else opened.child.step.initialise(opened.session, this.seeds.initialisation);
    this.watch.lap('initialise');
  }

  /** Builds, loads and initialises the child, or restores it. Throws what `trainChild` says. */
  static open(job: TrainJob, clock: () => number): ChildSession {
    const watch = new Stopwatch(clock);
    const split = ImageSplit.open(job);
    let session: Session | undefined;
    try {
      const checkpoint = job.resumeFrom === null ? undefined : readCheckpoint(job.resumeFrom.file);
      if (checkpoint) expectSameTrajectory(checkpoint.identity, job, split.hashes);
      watch.lap('split');
      const child = buildGraph(job, split, watch);
      session = Session.open(child.graph);
      watch.lap('open');
      child.source.load(session);
      watch.lap('images');
      return new ChildSession(job, split, { child, session, watch, checkpoint });
    } catch (error) {
      session?.close();
      split.close();
      throw error;
    }
  }

  get timings(): TrainingTimings {
    return this.watch.timings;
  }

  /** Steps that the epoch under way has behind it. */
  get stepInEpoch(): number {
    return this.progress.step - this.progress.epochs.length * this.counts.stepsPerEpoch;
  }

  /** Makes the next step; its loss and right answers are not yet counted in `progress`. */
  runStep(): BatchSums {
    const { step } = this.progress;
    const { batchSize } = this.counts;
    const start = this.stepInEpoch * batchSize;
    const places = this.placesOf(this.progress.epochs.length).slice(start, start + batchSize);
    const [report] = this.runTraining([...this.child.train.batch.values(places), ...this.stepValues(step)]);
    if (this.watch.timings.firstLoss === undefined) {
      this.watch.lap('firstStep');
      this.watch.finish();
    }
    return readSums(report);
  }

  /** Mean loss and right answers over the validation images; null when `interrupted` said so between two batches. */
  evaluate(interrupted: () => boolean): BatchSums | null {
    return evaluate(this.child.evaluate, this.runEvaluation, this.split, interrupted);
  }

  /** What evaluation reads now, by the plan's names. */
  readWeights(): NamedTensor[] {
    return networkWeights(this.child, this.readState());
  }

  /** Weights, statistics, optimiser slots and averages. */
  readState(): Uint8Array {
    return this.child.state.read(this.session);
  }

  checkpoint(): CheckpointContent {
    return {
      identity: trajectoryOf(this.job, this.split.hashes),
      environment: trainingEnvironment(this.job.device),
      progress: { ...this.progress, epochs: [...this.progress.epochs] },
      layout: this.child.state.layout,
      body: this.readState(),
    };
  }

  close(): void {
    this.session.close();
    this.split.close();
  }

  private placesOf(epoch: number): Int32Array {
    if (this.order?.epoch !== epoch) {
      const places = Int32Array.from(permutation(this.split.training, this.seeds.order, epoch));
      this.order = { epoch, places };
    }
    return this.order.places;
  }

  /** Values of `trainingFeeds`, in its order. */
  private stepValues(step: number): FeedValue[] {
    const { recipe } = this.job;
    const { dropPathProgress: progress, averageDecay } = this.child.train;
    const values: FeedValue[] = [Int32Array.of(this.seeds.chance, step), learningRateAt(recipe, this.counts, step)];
    if (progress) values.push(dropPathProgress(this.counts, step));
    if (averageDecay) values.push(averageDecayAt(step, recipe.weightAverageDecay));
    return values;
  }
}

type Mutable<Record> = { -readonly [Key in keyof Record]: Record[Key] };

interface Opened {
  readonly child: ChildGraph;
  readonly session: Session;
  readonly watch: Stopwatch;
  readonly checkpoint: ReadCheckpoint | undefined;
}

function buildGraph(job: TrainJob, split: ImageSplit, watch: Stopwatch): ChildGraph {
  const plan = planNetwork(job.architecture, job.scale);
  watch.lap('plan');
  return buildChildGraph({
    plan,
    recipe: job.recipe,
    batchSize: countSteps(job).batchSize,
    evaluationBatchSize: evaluationBatchSize(split),
    source: (graph) => imageSource(graph, split, job.residentBytes, () => readImages(split, job.splitSeed)),
    device: job.device,
    lap: (part) => watch.lap(part),
  });
}

function trainingFeeds({ train }: ChildGraph) {
  const { chance, learningRate, dropPathProgress: progress, averageDecay } = train;
  return [chance, learningRate, ...(progress ? [progress] : []), ...(averageDecay ? [averageDecay] : [])];
}

function childSeeds(seed: number): ChildSeeds {
  const of = (use: string) => deriveSeed(seed, use);
  return { initialisation: of('initialisation'), order: of('order'), chance: of('chance') };
}

function freshProgress(): TrainingProgress {
  return { step: 0, epochs: [], lossSum: 0, correct: 0, epochMs: 0, elapsedMs: 0 };
}

function sameEnvironment(stored: ReadCheckpoint, device: string): boolean {
  return JSON.stringify(stored.environment) === JSON.stringify(trainingEnvironment(device));
}

/** The images of the last split: the children of one experiment all read the same. */
let lastImages: { readonly key: string; readonly images: Uint8Array } | undefined;

function readImages(split: ImageSplit, splitSeed: number): Uint8Array {
  const key = [split.hashes.images, splitSeed, split.training, split.validation].join();
  if (lastImages?.key !== key) lastImages = { key, images: split.readAll() };
  return lastImages.images;
}
