import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArtifactFiles } from '../../../src/main/artifacts/artifact-files.ts';
import { SYSTEM_CLOCK } from '../../../src/main/clock.ts';
import type { HostProgram, Launcher } from '../../../src/main/hosts/host.ts';
import { processLauncher } from '../../../src/main/hosts/launch-process.ts';
import { trainerEnvironment } from '../../../src/main/hosts/trainer-environment.ts';
import { trainerProgram } from '../../../src/main/hosts/trainer-program.ts';
import { CheckpointFiles } from '../../../src/main/runs/checkpoint-files.ts';
import { LocalQueue } from '../../../src/main/runs/local-queue.ts';
import { type CarriedOut, RunKeeper } from '../../../src/main/runs/run-keeper.ts';
import type { RunOwner, RunPlace } from '../../../src/main/runs/run-owner.ts';
import { isEnd, type QueueEvent, queueEventSchema, type RunQueue } from '../../../src/main/runs/run-queue.ts';
import type { RunTools } from '../../../src/main/runs/run-tools.ts';
import type { TrainerLimits } from '../../../src/main/runs/trainer-limits.ts';
import { openStore, type Store } from '../../../src/main/store/store.ts';
import {
  type Lease,
  type Priority,
  type RunOrder,
  runOrderSchema,
  type TrainerEvent,
  type TrainSpec,
} from '../../../src/shared/records/run.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';
import { smallConfig } from '../workbench/small-project.ts';
import type { Script } from './scripted-training.ts';

export const SCRIPTED_TRAINING = new URL('./scripted-training.ts', import.meta.url).href;

/** Of all projects of this process. */
export const RECORDINGS = mkdtempSync(join(tmpdir(), 'cellwright-runs-'));

/** For the end of a test file: nothing is recorded any more. */
export function removeRecordings(): void {
  rmSync(RECORDINGS, { recursive: true, force: true });
}

/** What people read where a run of these is saved because it was asked for. */
const SAVED = 'Saved, as a test asked.';

export interface RunsOptions {
  readonly launcher?: Launcher;
  readonly limits?: Partial<TrainerLimits>;
  readonly seats?: number;
  readonly trainingModule?: string;
  readonly program?: HostProgram<TrainerEvent>;
  readonly backoffMs?: number;
  /** Instead of a queue of this process. */
  readonly queue?: RunQueue;
  /** Of a project that was opened before. */
  readonly folder?: string;
}

/** A project with its store, its queue and a keeper over both; what goes through the queue is looked at on its way. */
export class ScriptedRuns {
  readonly folder: string;
  readonly store: Store;
  readonly queue: RunQueue;
  /** What a person was told. */
  readonly told: string[] = [];
  readonly orders: RunOrder[] = [];
  /** All that the queue told. */
  readonly events: QueueEvent[] = [];
  keeper: RunKeeper;
  onEvent: (event: QueueEvent) => void = () => undefined;
  /** Says something to the keeper that its queue did not. */
  again: (event: QueueEvent) => unknown = () => undefined;
  private readonly tools: RunTools;
  private readonly owners = new Map<number, Recorder>();

  constructor(options: RunsOptions = {}) {
    this.folder = options.folder ?? mkdtempSync(join(RECORDINGS, 'project-'));
    this.store = openStore(
      this.folder,
      () => undefined,
      () => new Date(),
    );
    this.queue = options.queue ?? openLocalQueue(options);
    this.tools = {
      store: this.store,
      queue: this.watched(),
      checkpoints: new CheckpointFiles(this.folder),
      artifacts: new ArtifactFiles(join(this.folder, 'artifacts')),
      clock: SYSTEM_CLOCK,
      log: { write: (level, message) => void this.told.push(`${level}: ${message}`) },
      tell: (_level, message) => void this.told.push(message),
      residentBytes: 2 ** 30,
      refuseFullDisk: () => undefined,
    };
    this.keeper = new RunKeeper(this.tools, { backoffMs: options.backoffMs ?? 50 });
  }

  /** Another keeper takes over, which knows of no crash so far. */
  renewKeeper(): void {
    this.keeper.close();
    this.keeper = new RunKeeper(this.tools, { backoffMs: 50 });
  }

  add(spec: Partial<TrainSpec> = {}): number {
    const queuedAt = new Date().toISOString();
    return this.store.runs.add({ experiment: null, purpose: 'asked', spec: { ...scriptedSpec(), ...spec }, queuedAt });
  }

  /** Carries a run out for a recorder that hears of it. */
  async carryOut(run: number, owner: Recorder, script: Script, checkpointEverySteps = 5): Promise<CarriedOut> {
    return await this.carryOutAt(run, owner, {
      datasetFolder: JSON.stringify(script),
      checkpointEveryMs: 1_000_000,
      checkpointEverySteps,
    });
  }

  async carryOutAt(run: number, owner: Recorder, place: RunPlace): Promise<CarriedOut> {
    this.owners.set(run, owner);
    owner.begin(run, this.store);
    return await this.keeper.carryOut(run, owner, place);
  }

  /** A run of its own, carried out. */
  async train(script: Script, owner = new Recorder(), checkpointEverySteps = 5): Promise<CarriedOut> {
    return await this.carryOut(this.add(), owner, script, checkpointEverySteps);
  }

  async close(): Promise<void> {
    await this.queue.close();
    this.keeper.close();
    await this.store.close();
  }

  /** Everything that goes through is JSON and as its schema says, both ways. */
  private watched(): RunQueue {
    const { queue } = this;
    return {
      submit: (order) => {
        const owner = this.owners.get(order.lease.run);
        owner?.onSubmit(order);
        this.orders.push(order);
        queue.submit(throughJson(runOrderSchema, order));
      },
      withdraw: (lease, how) => queue.withdraw(lease, how),
      listen: (listener) => {
        this.again = listener;
        return queue.listen((event) => {
          const heard = throughJson(queueEventSchema, event);
          this.events.push(heard);
          const answer = listener(heard);
          if (heard.kind !== 'log') this.owners.get(heard.lease.run)?.hear(heard);
          this.onEvent(heard);
          return answer;
        });
      },
      attach: () => queue.attach(),
      trainers: () => queue.trainers(),
      close: () => queue.close(),
    };
  }
}

/** An owner that writes nothing along, and remembers what it heard. */
export class Recorder implements RunOwner {
  readonly name: string;
  readonly about: RunOwner['about'];
  readonly priority: Priority;
  readonly steps: number[] = [];
  readonly checkpoints: number[] = [];
  readonly failures: unknown[] = [];
  run = 0;
  onSubmit: (order: RunOrder) => void = () => undefined;
  onBegun: (lease: Lease) => void = () => undefined;
  onProgress: (step: number) => void = () => undefined;
  /** Before the keeper does what follows from it. */
  onEnd: (event: QueueEvent) => void = () => undefined;
  private store: Store | null = null;

  constructor(trial = 1, priority: Priority = 'proposed') {
    this.name = `Trial ${trial}`;
    this.about = { experiment: 1, trial };
    this.priority = priority;
  }

  begin(run: number, store: Store): void {
    this.run = run;
    this.store = store;
  }

  /** Attempts that began. */
  get leases(): number {
    return this.opened().runs.get(this.run).attempts;
  }

  /** How the attempts ended, as people read it. */
  get ends(): (string | null)[] {
    return this.opened()
      .attempts.list(this.run)
      .map(({ end }) => end);
  }

  /** Likewise, of those that did not end the run and were not asked to end. */
  get losses(): (string | null)[] {
    return this.ends.filter((end) => end !== null && !/^(Completed|Failed|Cancelled|Saved, as a test)/.test(end));
  }

  get epochs(): number[] {
    return this.opened()
      .epochs.list(this.run)
      .map(({ epoch }) => epoch);
  }

  record<T>(work: () => T): T {
    return this.opened().transaction(work);
  }

  fail(error: unknown): void {
    this.failures.push(error);
  }

  progressed({ step }: { step: number }): void {
    this.steps.push(step);
    this.onProgress(step);
  }

  whySaved(): string {
    return SAVED;
  }

  keepsWeights(): boolean {
    return false;
  }

  hear(event: QueueEvent): void {
    if (event.kind === 'checkpoint') this.checkpoints.push(event.step);
    if (event.kind === 'begun') this.onBegun(event.lease);
    if (isEnd(event)) this.onEnd(event);
  }

  private opened(): Store {
    if (!this.store) throw new Error('nothing is carried out yet');
    return this.store;
  }
}

export function openLocalQueue(options: RunsOptions = {}): LocalQueue {
  return new LocalQueue({
    launcher: options.launcher ?? processLauncher(),
    program: options.program ?? trainerProgram(options.trainingModule ?? SCRIPTED_TRAINING),
    environment: (_seat, hosts) => trainerEnvironment(0, { cores: 2, gpus: [], hosts }),
    ...(options.limits ? { limits: options.limits } : {}),
    ...(options.seats === undefined ? {} : { seats: options.seats }),
  });
}

/** What a script takes for a training; `images` decides which batches memory can be tried with. */
export function scriptedSpec(images = 8): TrainSpec {
  const { recipe, reward, limits } = smallConfig();
  return {
    version: 1,
    kind: 'train',
    architecture: NASNET_A,
    scale: {
      stem: 'cifar',
      normalRepeats: 1,
      filters: 4,
      height: 8,
      width: 8,
      channels: 3,
      classes: 10,
      auxiliary: false,
      skipReductionInput: false,
    },
    recipe: { ...recipe, batchSize: images },
    subset: { training: images, validation: 8 },
    dataset: { ref: { name: 'none', version: 1 }, identity: '0'.repeat(64) },
    splitSeed: 1,
    seed: 7,
    reward,
    limits,
  };
}

/** Processes that this one started and that still run, read from the kernel. */
export function childPids(parent: number = process.pid): number[] {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8');
  return children.trim().split(' ').filter(Boolean).map(Number);
}

export function hashOf(end: CarriedOut): string | null {
  return end === 'suspended' ? null : end.weightsHash;
}

function throughJson<T>(schema: { parse(value: unknown): T }, value: T): T {
  return schema.parse(JSON.parse(JSON.stringify(value)));
}
