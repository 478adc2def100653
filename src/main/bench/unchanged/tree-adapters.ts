import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { NamedTensor } from './tensor-file.ts';
import type { TensorTask } from './tensor-task.ts';

export interface TensorRun {
  /** A checkout, ready to run. */
  readonly tree: string;
  readonly home: string;
  readonly task: TensorTask;
  /** Of this training alone; with a checkpoint in it, the training goes on from the newest. */
  readonly checkpoints: string;
}

/** How the code of some revisions is asked for a training. What depends on a revision's inner layout is here alone. */
export interface TreeAdapter {
  readonly name: string;
  suits(tree: string): boolean;
  /** Trains to the last step in this process and gives the whole state; kills the process where the task says so. */
  train(run: TensorRun): Promise<readonly NamedTensor[]>;
}

/** The first that suits is taken, so a newer layout stands before an older one that it still contains. */
const ADAPTERS: readonly TreeAdapter[] = [
  {
    name: 'trainChild(TrainJob), banks by Parameters.entries',
    suits: (tree) => existsSync(join(tree, 'src/main/training/train-job.ts')),
    train: (run) => train(run, runTraining),
  },
  {
    name: 'trainChild(TrialJob), banks by Parameters.entries',
    suits: (tree) => existsSync(join(tree, 'src/main/training/train-child.ts')),
    train: (run) => train(run, (training) => training),
  },
];

export function adapterOf(tree: string): TreeAdapter {
  const adapter = ADAPTERS.find((candidate) => candidate.suits(tree));
  if (adapter) return adapter;
  throw new Error(`No adapter suits ${tree}: write one in ${import.meta.filename}.`);
}

// Modules of a tree have no types here: those of this checkout would not be those of another.
type Module = Readonly<Record<string, (...args: readonly never[]) => unknown>>;

interface Content {
  readonly layout: readonly { name: string; shape: readonly number[]; offset: number; sizeBytes: number }[];
  readonly body: Uint8Array;
}

interface ChildParameters {
  readonly entries: readonly { name: string; bank: string; shape: readonly number[]; size: number; offset: number }[];
  bank(name: string): { readonly name: string } | undefined;
}

/** In the words of schema 2. */
interface OlderTraining {
  readonly trainingImages: number;
  readonly validationImages: number;
  readonly timeLimitMs: number;
  readonly reward: string;
}
type Worded = Readonly<Record<string, unknown>>;

/** A task in the words of runs (schema 3). */
function runTraining({ scale, training, ...others }: Worded): Worded {
  const { imageSize, ...rest } = scale as { imageSize: number };
  const { trainingImages, validationImages, timeLimitMs, reward, ...recipe } = training as OlderTraining;
  return {
    ...others,
    version: 1,
    kind: 'train',
    scale: { ...rest, height: imageSize, width: imageSize, channels: 3 },
    recipe: { ...recipe, preprocessing: { kind: 'whiten' } },
    subset: { training: trainingImages, validation: validationImages },
    limits: { timeLimitMs },
    reward: { epoch: reward },
    keepWeights: false,
  };
}

/** All revisions from 0a91a41 on; `word` puts the task into those of the tree. */
async function train(
  { tree, home, task, checkpoints }: TensorRun,
  word: (training: Worded) => Worded,
): Promise<NamedTensor[]> {
  const { tensorFlowEnvironment } = await load(tree, 'src/main/tensor/backend.ts');
  // As a search gives it to the only trainer of a machine, before TensorFlow is loaded.
  Object.assign(process.env, call(tensorFlowEnvironment, availableParallelism()));
  const { trainChild } = await load(tree, 'src/main/training/train-child.ts');
  const { writeCheckpoint } = await load(tree, 'src/main/training/checkpoint.ts');
  const { dataset, checkpointEverySteps, dieAtStep, ...training } = task;
  const newest = readdirSync(checkpoints).toSorted().at(-1);
  const worded = word(training as unknown as Worded);
  const isOlder = worded.version === undefined;
  const file = newest === undefined ? null : join(checkpoints, newest);
  const job = {
    ...worded,
    ...{ experiment: 1, trial: 1, leaseEpoch: 1, device: '', residentBytes: 2 ** 30, checkpointEverySteps },
    datasetFolder: join(home, 'datasets', dataset),
    checkpointFolder: checkpoints,
    checkpointEveryMs: 2 ** 31,
    resumeFrom: isOlder || file === null ? file : { file, step: 0 },
  };
  let isDone = false;
  let last: Content | undefined;
  // The evaluation after the last step is not waited for: it changes no state.
  const result = await call(trainChild, job, {
    onProgress: ({ step, steps }: { step: number; steps: number }) => {
      if (newest === undefined && step === dieAtStep) process.kill(process.pid, 'SIGKILL');
      isDone = step === steps;
    },
    onEpoch: () => undefined,
    saveCheckpoint: (produce: () => Content) => {
      last = produce();
      call(writeCheckpoint, checkpoints, last);
    },
    shouldStop: () => (isDone ? 'suspend' : null),
    clock: () => performance.now(),
  });
  if (!isDone || !last) throw new Error(`The training ended before its last step: ${JSON.stringify(await result)}`);
  return nameTensors(last, await parametersOf(tree, worded));
}

/** The child's parameters with their places; nothing is trained. */
async function parametersOf(tree: string, worded: Worded): Promise<ChildParameters> {
  const { architecture, scale, recipe, training } = worded;
  const { planNetwork } = await load(tree, 'src/shared/search-space/plan-network.ts');
  const { buildChildGraph } = await load(tree, 'src/main/training/child-graph.ts');
  const { imageSource } = await load(tree, 'src/main/training/image-source.ts');
  const { imageSize, height = imageSize } = scale as { imageSize: number; height?: number };
  const image = { count: 1, sizeBytes: height ** 2 * 3, imageShape: [height, height, 3] };
  const split = { ...image, classes: new Int32Array(1), readBatch: () => new Uint8Array() };
  const child = call(buildChildGraph, {
    plan: call(planNetwork, architecture, scale),
    training,
    recipe,
    batchSize: 1,
    evaluationBatchSize: 1,
    source: (graph: unknown) => call(imageSource, graph, split, image.sizeBytes, () => new Uint8Array()),
    device: '',
  });
  return (child as { parameters: ChildParameters }).parameters;
}

/** `kernels/cell_0/…` for a parameter, `kernels/cell_0/…:momentum` for a slot; other state by its own name. */
function nameTensors({ layout, body }: Content, parameters: ChildParameters): NamedTensor[] {
  return layout.flatMap(({ name, shape, offset, sizeBytes }) => {
    const whole = body.subarray(offset, offset + sizeBytes);
    const cut = parameters.entries.flatMap((entry) => {
      const bank = parameters.bank(entry.bank)?.name ?? '';
      if (name !== bank && !name.startsWith(`${bank}/`)) return [];
      const slot = name === bank ? '' : `:${name.slice(bank.length + 1)}`;
      const bytes = whole.slice(4 * entry.offset, 4 * (entry.offset + entry.size));
      return [{ name: `${entry.bank}/${entry.name}${slot}`, shape: entry.shape, bytes }];
    });
    return cut.length > 0 ? cut : [{ name, shape, bytes: whole.slice() }];
  });
}

async function load(tree: string, file: string): Promise<Module> {
  return (await import(pathToFileURL(join(tree, file)).href)) as Module;
}

function call(exported: Module[string] | undefined, ...args: readonly unknown[]): unknown {
  if (!exported) throw new Error('A module of the tree does not export what the adapter calls.');
  return exported(...(args as readonly never[]));
}
