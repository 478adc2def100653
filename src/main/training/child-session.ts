import { deriveSeed, permutation } from '../../shared/random.ts';
import type { TrialJob } from '../../shared/records/trial-job.ts';
import { planNetwork } from '../../shared/search-space/plan-network.ts';
import { type FeedValue, type PreparedRun, Session } from '../tensor/session.ts';
import { averageDecayAt } from '../tensor/training-step.ts';
import { type CheckpointContent, type ReadCheckpoint, readCheckpoint, type TrainingProgress } from './checkpoint.ts';
import { buildChildGraph, type ChildGraph } from './child-graph.ts';
import { imageSource } from './image-source.ts';
import { ImageSplit } from './image-split.ts';
import { countSteps, dropPathProgress, learningRateAt, type StepCounts } from './schedule.ts';
import { Stopwatch, type TrainingTimings } from './timings.ts';
import { expectSameTraining, trainingEnvironment, trainingIdentity } from './training-identity.ts';

/** Images of one evaluation run; ours, it changes no result but for the last bits of the mean loss. */
const EVALUATION_BATCH = 100;

/** What a job's seed becomes, one for each use. */
interface ChildSeeds {
  readonly initialisation: number;
  readonly order: number;
  /** Augmentation, drop path and dropout. */
  readonly chance: number;
}

export interface BatchSums {
  readonly loss: number;
  readonly correct: number;
}

/** One child in training: its graph in TensorFlow, and where it stands. Steps are made one by one; see `trainChild`. */
export class ChildSession {
  readonly counts: StepCounts;
  readonly progress: Mutable<TrainingProgress>;
  /** False when the state came from another environment. */
  readonly exact: boolean;
  private readonly job: TrialJob;
  private readonly split: ImageSplit;
  private readonly child: ChildGraph;
  private readonly session: Session;
  private readonly watch: Stopwatch;
  private readonly seeds: ChildSeeds;
  private readonly runTraining: PreparedRun;
  private readonly runEvaluation: PreparedRun;
  private order: { readonly epoch: number; readonly places: Int32Array } | undefined;

  private constructor(job: TrialJob, split: ImageSplit, opened: Opened) {
    this.job = job;
    this.split = split;
    this.child = opened.child;
    this.session = opened.session;
    this.watch = opened.watch;
    this.seeds = childSeeds(job.seed);
    this.counts = countSteps(job.training);
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
  static open(job: TrialJob, clock: () => number): ChildSession {
    const watch = new Stopwatch(clock);
    const split = ImageSplit.open(job);
    let session: Session | undefined;
    try {
      const checkpoint = job.resumeFrom === null ? undefined : readCheckpoint(job.resumeFrom);
      if (checkpoint) expectSameTraining(checkpoint.identity, trainingIdentity(job, split.identity));
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

  /** Loss and right answers over the validation images; null when `interrupted` said so between two batches. */
  evaluate(interrupted: () => boolean): BatchSums | null {
    const { batch, batchSize } = this.child.evaluate;
    const { training: first, validation } = this.split;
    const sums = { loss: 0, correct: 0 };
    for (let at = 0; at < validation; at += batchSize) {
      if (interrupted()) return null;
      const filled = Math.min(batchSize, validation - at);
      const places = Int32Array.from({ length: batchSize }, (_, index) => first + at + Math.min(index, filled - 1));
      const counted = Float32Array.from({ length: batchSize }, (_, index) => (index < filled ? 1 : 0));
      const part = readSums(this.runEvaluation([...batch.values(places), counted])[0]);
      sums.loss += part.loss;
      sums.correct += part.correct;
    }
    return { loss: sums.loss / validation, correct: sums.correct };
  }

  /** Weights, statistics, optimiser slots and averages. */
  readState(): Uint8Array {
    return this.child.state.read(this.session);
  }

  checkpoint(): CheckpointContent {
    return {
      identity: trainingIdentity(this.job, this.split.identity),
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
    const { training } = this.job;
    const { dropPathProgress: progress, averageDecay } = this.child.train;
    const values: FeedValue[] = [Int32Array.of(this.seeds.chance, step), learningRateAt(training, this.counts, step)];
    if (progress) values.push(dropPathProgress(this.counts, step));
    if (averageDecay) values.push(averageDecayAt(step, training.weightAverageDecay));
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

function buildGraph(job: TrialJob, split: ImageSplit, watch: Stopwatch): ChildGraph {
  const plan = planNetwork(job.architecture, job.scale);
  watch.lap('plan');
  return buildChildGraph({
    plan,
    training: job.training,
    batchSize: countSteps(job.training).batchSize,
    evaluationBatchSize: Math.min(EVALUATION_BATCH, split.validation),
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

function readSums(report: unknown): BatchSums {
  if (!(report instanceof Float32Array)) throw new TypeError('A report holds two float32 numbers.');
  return { loss: report[0]!, correct: report[1]! };
}

/** The images of the last split: the children of one experiment all read the same. */
let lastImages: { readonly key: string; readonly images: Uint8Array } | undefined;

function readImages(split: ImageSplit, splitSeed: number): Uint8Array {
  const key = [split.identity.images, splitSeed, split.training, split.validation].join();
  if (lastImages?.key !== key) lastImages = { key, images: split.readAll() };
  return lastImages.images;
}
