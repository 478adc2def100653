import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Scale } from '../../../shared/records/architecture.ts';
import { NASNET_A } from '../../../shared/search-space/cells.ts';
import { planNetwork } from '../../../shared/search-space/plan-network.ts';
import { BANKS } from '../../tensor/parameters.ts';
import { type PreparedRun, Session } from '../../tensor/session.ts';
import { writeCheckpoint } from '../../training/checkpoint.ts';
import { buildChildGraph, type ChildGraph } from '../../training/child-graph.ts';
import { imageSource } from '../../training/image-source.ts';
import { Stopwatch } from '../../training/timings.ts';
import { trainChild } from '../../training/train-child.ts';
import type { TrainJob } from '../../training/train-job.ts';
import type { PeerTraining } from '../engine-fixtures.ts';

// Cellwright's side of the engine bench: the same protocol as the peers, over the code that a trainer runs.

interface LoadCommand {
  readonly images: string;
  readonly labels: string;
  readonly weights: string;
  readonly variables: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly batches: number;
  readonly batch: number;
  readonly imageSize: number;
  readonly scale: Scale;
  readonly training: PeerTraining;
  readonly seed?: number;
}

interface TrialCommand {
  readonly dataset: string;
  readonly checkpoints: string;
  readonly scale: Scale;
  readonly training: PeerTraining;
  readonly seed: number;
}

interface Loaded {
  readonly child: ChildGraph;
  readonly session: Session;
  readonly step: PreparedRun;
  readonly rate: number;
  readonly places: readonly Int32Array[];
}

let loaded: Loaded | null = null;
let done = 0;

function open(command: LoadCommand, watch: Stopwatch): Loaded {
  const { batch, batches, imageSize, training } = command;
  const { recipe } = recipeOf(training);
  const images = new Uint8Array(readFileSync(command.images));
  const labels = readFileSync(command.labels);
  const count = batch * batches;
  const split = {
    count,
    sizeBytes: images.length,
    imageShape: [imageSize, imageSize, 3] as const,
    classes: Int32Array.from({ length: count }, (_, index) => labels.readInt32LE(4 * index)),
    readBatch: () => new Uint8Array(),
  };
  watch.lap('split');
  const plan = planNetwork(NASNET_A, command.scale);
  watch.lap('plan');
  const child = buildChildGraph({
    plan,
    recipe,
    batchSize: batch,
    evaluationBatchSize: batch,
    source: (graph) => imageSource(graph, split, images.length, () => images),
    device: '',
    lap: (part) => watch.lap(part),
  });
  const session = Session.open(child.graph);
  watch.lap('open');
  child.source.load(session);
  watch.lap('images');
  const { report, batch: fed, chance, learningRate } = child.train;
  const step = session.prepare([report], [...fed.fed, chance, learningRate]);
  const places = Array.from({ length: batches }, (_, index) =>
    Int32Array.from({ length: batch }, (_, at) => index * batch + at),
  );
  return { child, session, step, rate: recipe.learningRate.initial, places };
}

function recipeOf({ trainingImages, validationImages, ...recipe }: PeerTraining) {
  return { recipe, subset: { training: trainingImages, validation: validationImages } };
}

function runStep(current: Loaded): number {
  const places = current.places[done % current.places.length] ?? new Int32Array();
  const [report] = current.step([...current.child.train.batch.values(places), Int32Array.of(1, done), current.rate]);
  done++;
  return Number((report as Float32Array)[0]);
}

/** Where each variable of the plan lies: its bank's name and its place there. */
function entriesOf({ child }: Loaded): Map<string, { part: number; offset: number; size: number }> {
  const names = BANKS.map((bank) => child.parameters.bank(bank)?.name);
  const entries = child.parameters.entries.map(({ name, bank, offset, size }) => {
    const part = child.state.layout.findIndex((candidate) => candidate.name === names[BANKS.indexOf(bank)]);
    return [name, { part, offset, size }] as const;
  });
  return new Map(entries);
}

function floatsOf(state: Uint8Array, { child }: Loaded, part: number): Float32Array {
  const layout = child.state.layout[part];
  if (!layout) throw new RangeError('A bank is missing from the state.');
  return new Float32Array(state.buffer, state.byteOffset + layout.offset, layout.sizeBytes / 4);
}

function load(command: LoadCommand): Record<string, unknown> {
  loaded?.session.close();
  const current = open(command, new Stopwatch(() => performance.now()));
  current.child.step.initialise(current.session, 1);
  const state = current.child.state.read(current.session);
  const weights = new Float32Array(new Uint8Array(readFileSync(command.weights)).buffer);
  const entries = entriesOf(current);
  let at = 0;
  for (const { name } of command.variables) {
    const entry = entries.get(name);
    if (!entry) throw new RangeError(`The graph has no variable ${name}.`);
    floatsOf(state, current, entry.part).set(weights.subarray(at, at + entry.size), entry.offset);
    at += entry.size;
  }
  current.child.state.write(current.session, state);
  loaded = current;
  done = 0;
  return { parameters: weights.length };
}

/** Cellwright's own initial weights, in the order of the plan, for all sides to start from. */
function writeWeights(command: LoadCommand): Record<string, unknown> {
  const current = open(command, new Stopwatch(() => performance.now()));
  current.child.step.initialise(current.session, command.seed ?? 1);
  const state = current.child.state.read(current.session);
  const entries = entriesOf(current);
  const parts = command.variables.map(({ name }) => {
    const entry = entries.get(name);
    if (!entry) throw new RangeError(`The graph has no variable ${name}.`);
    const values = floatsOf(state, current, entry.part).slice(entry.offset, entry.offset + entry.size);
    return new Uint8Array(values.buffer);
  });
  writeFileSync(command.weights, Buffer.concat(parts));
  current.session.close();
  return {};
}

function steps({ count }: { count: number }): Record<string, unknown> {
  if (!loaded) throw new Error('Nothing is loaded.');
  const ms: number[] = [];
  const losses: number[] = [];
  for (let index = 0; index < count; index++) {
    const start = performance.now();
    losses.push(runStep(loaded));
    ms.push(performance.now() - start);
  }
  return { ms, losses };
}

/** From a proposal's arrival to the first loss, in this warm process. */
function firstStep(command: LoadCommand): Record<string, unknown> {
  const watch = new Stopwatch(() => performance.now());
  const current = open(command, watch);
  current.child.step.initialise(current.session, 1);
  watch.lap('initialise');
  runStep(current);
  watch.lap('firstStep');
  watch.finish();
  current.session.close();
  const { firstLoss, ...parts } = watch.timings;
  return { totalMs: firstLoss, parts };
}

async function trial(command: TrialCommand): Promise<Record<string, unknown>> {
  mkdirSync(command.checkpoints, { recursive: true });
  const job: TrainJob = {
    version: 1,
    kind: 'train',
    architecture: NASNET_A,
    scale: command.scale,
    ...recipeOf(command.training),
    dataset: { ref: { name: 'cifar10', version: 1 }, identity: '0'.repeat(64) },
    reward: { epoch: 'last' },
    limits: { timeLimitMs: 0 },
    datasetFolder: command.dataset,
    splitSeed: 1,
    seed: command.seed,
    device: '',
    residentBytes: 2 ** 30,
    checkpointFolder: command.checkpoints,
    checkpointEveryMs: 10_000,
    checkpointEverySteps: 0,
    keepWeights: false,
    weightsFile: null,
    resumeFrom: null,
  };
  const result = await trainChild(job, {
    clock: () => performance.now(),
    onProgress: () => undefined,
    onEpoch: () => undefined,
    saveCheckpoint: (produce) => void writeCheckpoint(command.checkpoints, produce()),
    shouldStop: () => null,
  });
  if (result.kind !== 'finished' || result.outcome.kind !== 'completed') throw new Error(JSON.stringify(result));
  return { reward: result.outcome.reward };
}

function memory(): Record<string, unknown> {
  globalThis.gc?.();
  return { residentBytes: process.memoryUsage.rss() };
}

const COMMANDS: Record<string, (command: never) => Record<string, unknown> | Promise<Record<string, unknown>>> = {
  load,
  writeWeights,
  steps,
  firstStep,
  trial,
  memory,
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  let answer: Record<string, unknown>;
  try {
    const run = COMMANDS[command.cmd];
    if (!run) throw new RangeError(`There is no command ${command.cmd}.`);
    answer = await run(command as never);
  } catch (error) {
    answer = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
