import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { Death, Host, HostProgram, Launcher } from '../../../src/main/hosts/host.ts';
import { LocalQueue } from '../../../src/main/runs/local-queue.ts';
import { deriveSeed, randomUint32 } from '../../../src/shared/random.ts';
import {
  type RunOrder,
  type TrainerCommand,
  type TrainerEvent,
  trainerCommandSchema,
  trainerEventSchema,
} from '../../../src/shared/records/run.ts';

/** What a simulated trainer does, as JSON in an order's `datasetFolder`. */
export interface Simulation {
  readonly steps: number;
  /** 0 gives the event loop a turn. */
  readonly stepMs: number;
  /** Trainers that die in a step, of 1000, drawn by lease and step. */
  readonly deathsPerMille?: number;
  /** A file to which a line is added for each step that is done. */
  readonly diary?: string;
}

const STEPS_A_CHECKPOINT = 5;

/** Trainers without processes that train by arithmetic: a step that is lost or done twice shows in the result. */
export const simulatedLauncher: Launcher = {
  maximumHosts: Number.POSITIVE_INFINITY,
  launch: <Command, Event>() => new SimulatedHost() as unknown as Host<Command, Event>,
};

const PROGRAM: HostProgram<TrainerEvent> = {
  name: 'simulated trainer',
  entry: '',
  arguments: [],
  parse: (message) => trainerEventSchema.safeParse(message).data ?? null,
};

/** For a queue's process, which imports this module; and for tests in this one. */
export function openQueue(seats = Number(process.env.CELLWRIGHT_TEST_SEATS ?? 2)): LocalQueue {
  return new LocalQueue({ launcher: simulatedLauncher, program: PROGRAM, environment: () => ({}), seats });
}

/** The hash with which such a training ends, whoever interrupts it. */
export function hashAfter({ steps }: Simulation, seed: number): string {
  let state = seed;
  for (let step = 1; step <= steps; step++) state = next(state, step);
  return hashOf(state);
}

class SimulatedHost implements Host<TrainerCommand, TrainerEvent> {
  readonly pid = null;
  private listener: (event: TrainerEvent) => void = () => undefined;
  private onEnd: (death: Death) => void = () => undefined;
  private order: RunOrder | null = null;
  private wish: 'cancel' | 'suspend' | null = null;
  private isLeaving = false;
  private isDead = false;

  constructor() {
    void setImmediate().then(() => this.tell({ kind: 'ready', pid: 1, tensorflow: 'none' }));
  }

  send(message: TrainerCommand): void {
    const command = trainerCommandSchema.parse(JSON.parse(JSON.stringify(message)));
    if (command.kind === 'begin') {
      this.wish = null;
      this.order = command.order;
      void this.carryOut(command.order);
    } else if (command.kind === 'suspend') this.wish ??= 'suspend';
    else if (command.kind === 'cancel') this.wish = 'cancel';
    else if (this.order === null) this.die({ kind: 'exit', code: 0, error: null });
    else this.isLeaving = true;
  }

  onEvent(listener: (event: TrainerEvent) => void): void {
    this.listener = listener;
  }

  onDeath(listener: (death: Death) => void): void {
    this.onEnd = listener;
  }

  kill(): void {
    this.die({ kind: 'signal', signal: 'SIGKILL', error: null });
  }

  private async carryOut(order: RunOrder): Promise<void> {
    const end = await this.train(order);
    this.order = null;
    this.tell(end);
    if (this.isLeaving) this.die({ kind: 'exit', code: 0, error: null });
  }

  private async train({ lease, placement, resumeFrom, spec }: RunOrder): Promise<TrainerEvent> {
    const script: Simulation = JSON.parse(placement.datasetFolder);
    const fresh = { step: 0, state: spec.kind === 'evaluate' ? 0 : spec.seed };
    let { step, state }: typeof fresh = resumeFrom ? JSON.parse(readFileSync(resumeFrom.file, 'utf8')) : fresh;
    const { steps, stepMs, deathsPerMille = 0 } = script;
    while (step < steps && !this.isDead) {
      await (stepMs > 0 ? sleep(stepMs) : setImmediate());
      if (this.wish === 'cancel') return finished(lease, { kind: 'cancelled', message: 'Cancelled on request.' }, null);
      if (this.wish === 'suspend') {
        this.save(lease, placement.checkpointFolder, { step, state });
        return { kind: 'suspended', lease, step };
      }
      const draw = randomUint32(deriveSeed(lease.run, 'death', lease.epoch), step) % 1000;
      if (draw < deathsPerMille) this.die({ kind: 'signal', signal: 'SIGTERM', error: null });
      if (this.isDead) break;
      state = next(state, ++step);
      if (script.diary) writeFileSync(script.diary, `${lease.run}/${lease.epoch} ${step}\n`, { flag: 'a' });
      this.tell({ kind: 'progress', lease, epoch: 1, step, steps, loss: 1, stepMs });
      if (step % STEPS_A_CHECKPOINT === 0) this.save(lease, placement.checkpointFolder, { step, state });
    }
    return finished(lease, { kind: 'completed', reward: 0.5, bestAccuracy: 0.5, bestEpoch: 1 }, hashOf(state));
  }

  private save(lease: RunOrder['lease'], folder: string, at: { step: number; state: number }): void {
    if (this.isDead) return;
    const text = JSON.stringify(at);
    const file = join(folder, `step-${at.step}.json`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    this.tell({ kind: 'checkpoint', lease, step: at.step, file, sizeBytes: text.length, sha256 });
  }

  private tell(event: TrainerEvent): void {
    if (!this.isDead) this.listener(PROGRAM.parse(JSON.parse(JSON.stringify(event))) as TrainerEvent);
  }

  private die(death: Death): void {
    if (this.isDead) return;
    this.isDead = true;
    queueMicrotask(() => this.onEnd(death));
  }
}

function next(state: number, step: number): number {
  return Math.imul(state ^ step, 0x9e3779b1) >>> 0;
}

function hashOf(state: number): string {
  return createHash('sha256').update(String(state)).digest('hex');
}

function finished(
  lease: RunOrder['lease'],
  outcome: Extract<TrainerEvent, { kind: 'finished' }>['outcome'],
  weightsHash: string | null,
): TrainerEvent {
  return { kind: 'finished', lease, outcome, durationMs: 1, weightsHash, weights: null };
}
