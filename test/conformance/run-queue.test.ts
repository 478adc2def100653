import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { RemoteQueue, startQueueProcess } from '../../src/main/runs/remote-queue.ts';
import {
  type End,
  isEnd,
  isSameLease,
  type QueueEvent,
  queueEventSchema,
  type RunQueue,
} from '../../src/main/runs/run-queue.ts';
import { type Lease, PRIORITIES, type Priority, type RunOrder, runOrderSchema } from '../../src/shared/records/run.ts';
import { RECORDINGS, Recorder, removeRecordings, ScriptedRuns, scriptedSpec } from '../main/runs/scripted-runs.ts';
import { hashAfter, openQueue, type Simulation } from '../main/runs/simulated-trainers.ts';

/** Orders that are handed in together, each carried out by as many simulated workers as die over it. */
const ORDERS = 500;
const WORKERS = 40;

/** A queue with so many seats that nobody used before; its trainers take a `Simulation`. */
type Factory = (seats: number) => Promise<RunQueue>;

// What every kind of queue must do, wherever it is; another one is added here.
const QUEUES: Record<string, Factory> = {
  'in this process': async (seats) => openQueue(seats),
  'in another process': async (seats) => {
    const path = join(mkdtempSync(join(RECORDINGS, 'queue-')), 'socket');
    process.env.CELLWRIGHT_TEST_SEATS = String(seats);
    let isStarted = false;
    const start = (): void => {
      if (!isStarted) startQueueProcess(path, new URL('../main/runs/simulated-trainers.ts', import.meta.url).href);
      isStarted = true;
    };
    return new RemoteQueue({ path, start });
  },
};

afterAll(removeRecordings);

/** Hands orders in and hears what becomes of them; everything goes through JSON and its schema. */
class Ear {
  readonly queue: RunQueue;
  readonly events: Exclude<QueueEvent, { kind: 'log' }>[] = [];
  onEvent: (event: QueueEvent) => void = () => undefined;

  constructor(queue: RunQueue) {
    this.queue = queue;
    queue.listen((event) => {
      const heard = queueEventSchema.parse(JSON.parse(JSON.stringify(event)));
      if (heard.kind !== 'log') this.events.push(heard);
      this.onEvent(heard);
    });
  }

  submit(order: RunOrder): Lease {
    this.queue.submit(runOrderSchema.parse(JSON.parse(JSON.stringify(order))));
    return order.lease;
  }

  of(lease: Lease) {
    return this.events.filter((event) => isSameLease(event.lease, lease));
  }

  kinds(lease: Lease): string[] {
    return this.of(lease).map(({ kind }) => kind);
  }

  async hears(lease: Lease, kind: QueueEvent['kind']): Promise<void> {
    await expect.poll(() => this.kinds(lease), { timeout: 30_000, interval: 5 }).toContain(kind);
  }

  async end(lease: Lease): Promise<End> {
    await expect.poll(() => this.of(lease).some(isEnd), { timeout: 30_000, interval: 5 }).toBe(true);
    // Nothing follows an end, so some time is given for it.
    await new Promise((resolve) => setTimeout(resolve, 20));
    const ends = this.of(lease).filter(isEnd);
    expect(ends).toHaveLength(1);
    expect(this.of(lease).at(-1)).toBe(ends[0]);
    return ends[0] as End;
  }
}

const QUICK: Simulation = { steps: 12, stepMs: 1 };
const LONG: Simulation = { steps: 100_000, stepMs: 2 };

function orderOf(run: number, script: Simulation, changes: Partial<RunOrder> & { epoch?: number } = {}): RunOrder {
  const { epoch = 1, ...others } = changes;
  return {
    lease: { run, epoch },
    title: `Run ${run}`,
    spec: scriptedSpec(),
    placement: {
      datasetFolder: JSON.stringify(script),
      device: '',
      residentBytes: 0,
      checkpointFolder: join(mkdtempSync(join(RECORDINGS, 'lease-')), 'files'),
      checkpointEveryMs: 1000,
      checkpointEverySteps: 5,
      keepWeights: false,
      weightsFile: null,
    },
    priority: 'proposed',
    resumeFrom: null,
    ...others,
  };
}

/** How often each run was ended in the store, counted where it is written. */
function countEnds({ store }: ScriptedRuns): Map<number, number> {
  const ends = new Map<number, number>();
  const finish = store.runs.finish.bind(store.runs);
  store.runs.finish = (lease, end, at) => {
    const files = finish(lease, end, at);
    if (files !== null) ends.set(lease.run, (ends.get(lease.run) ?? 0) + 1);
    return files;
  };
  return ends;
}

function lateWords(lease: Lease): QueueEvent[] {
  const file = { file: '/nowhere', sizeBytes: 1, sha256: '0'.repeat(64) };
  const outcome = { kind: 'completed', reward: 1, bestAccuracy: 1, bestEpoch: 1 } as const;
  return [
    { kind: 'begun', lease },
    { kind: 'progress', lease, epoch: 1, step: 999, steps: 999, loss: 0, stepMs: 1 },
    { kind: 'checkpoint', lease, step: 999, ...file },
    { kind: 'finished', lease, outcome, durationMs: 1, weightsHash: 'void', weights: null },
  ];
}

/** What the store still takes under a lease. */
function writesUnder({ store }: ScriptedRuns, lease: Lease): string[] {
  const at = new Date().toISOString();
  const outcome = { kind: 'cancelled', message: 'void' } as const;
  const end = { outcome, durationMs: 1, weightsHash: null, weights: null };
  const writes = {
    begin: store.runs.begin(lease, at),
    advance: store.runs.advance(lease, 1, 1, 1),
    addTime: store.runs.addTime(lease, 1),
    giveBack: store.runs.giveBack(lease),
    finish: store.runs.finish(lease, end, at) !== null,
    reduceBatch: store.runs.reduceBatch(lease, 1) !== null,
  };
  return Object.entries(writes).flatMap(([write, isTaken]) => (isTaken ? [write] : []));
}

for (const [name, factory] of Object.entries(QUEUES)) {
  const open = async (seats = 2): Promise<Ear> => {
    const queue = await factory(seats);
    onTestFinished(() => queue.close());
    const ear = new Ear(queue);
    expect(await queue.attach()).toEqual([]);
    return ear;
  };

  describe(`A queue ${name}`, () => {
    it('tells that an order began before all else, what its trainer tells, and one end', async () => {
      const ear = await open();
      const lease = ear.submit(orderOf(1, QUICK));
      expect(await ear.end(lease)).toMatchObject({ kind: 'finished', weightsHash: hashAfter(QUICK, 7) });
      const kinds = ear.kinds(lease);
      expect(kinds[0]).toBe('begun');
      expect(kinds.filter((kind) => kind === 'begun')).toHaveLength(1);
      expect(kinds.filter((kind) => kind === 'checkpoint')).toHaveLength(2);
    });

    it('never answers an order while it is handed in', async () => {
      const ear = await open();
      let isInside = true;
      ear.onEvent = () => expect(isInside).toBe(false);
      const leases = [orderOf(1, QUICK), orderOf(1, QUICK)].map((order) => ear.submit(order));
      isInside = false;
      await expect.poll(() => ear.of(leases[0] as Lease).filter(isEnd).length, { timeout: 30_000 }).toBe(2);
    });

    it.each(['cancel', 'suspend'] as const)('ends an order without its begin at a %s before it', async (how) => {
      const ear = await open(1);
      const busy = ear.submit(orderOf(1, LONG));
      await ear.hears(busy, 'begun');
      const lease = ear.submit(orderOf(2, LONG, { resumeFrom: { file: 'some', step: 4 } }));
      ear.queue.withdraw(lease, how);
      const end = await ear.end(lease);
      if (how === 'suspend') expect(end).toMatchObject({ kind: 'suspended', step: 4 });
      else expect(end).toMatchObject({ kind: 'finished', outcome: { kind: 'cancelled' }, weightsHash: null });
      expect(ear.kinds(lease)).toHaveLength(1);
      expect(ear.kinds(busy).some((kind) => kind === 'finished')).toBe(false);
    });

    it.each(['cancel', 'suspend'] as const)('hears a %s that comes with the begin, and later', async (how) => {
      const ear = await open();
      const [first, second] = [1, 2].map((run) => orderOf(run, LONG).lease) as [Lease, Lease];
      ear.onEvent = (event) => {
        if (event.kind === 'begun' && event.lease.run === 1) ear.queue.withdraw(event.lease, how);
      };
      ear.submit(orderOf(1, LONG));
      ear.submit(orderOf(2, LONG));
      await ear.hears(second, 'progress');
      ear.queue.withdraw(second, how);
      for (const lease of [first, second]) {
        const end = await ear.end(lease);
        if (how === 'cancel') expect(end).toMatchObject({ kind: 'finished', outcome: { kind: 'cancelled' } });
        else expect(end).toMatchObject({ kind: 'suspended', step: expect.any(Number) });
      }
      if (how === 'suspend') expect(ear.kinds(second).at(-2)).toBe('checkpoint');
    });

    it.each([
      ['after', ['suspend', 'cancel']],
      ['before', ['cancel', 'suspend']],
    ] as const)('takes a cancellation %s a suspension for the word that counts', async (_word, asks) => {
      const ear = await open();
      const lease = ear.submit(orderOf(1, { ...LONG, stepMs: 200 }));
      await ear.hears(lease, 'begun');
      for (const how of asks) ear.queue.withdraw(lease, how);
      expect(await ear.end(lease)).toMatchObject({ kind: 'finished', outcome: { kind: 'cancelled' } });
    });

    it('does nothing at a withdrawal of what is not under way', async () => {
      const ear = await open();
      ear.queue.withdraw({ run: 9, epoch: 9 }, 'cancel');
      const lease = ear.submit(orderOf(1, QUICK, { epoch: 2 }));
      ear.queue.withdraw({ run: 1, epoch: 1 }, 'cancel');
      expect(await ear.end(lease)).toMatchObject({ outcome: { kind: 'completed' } });
      for (const how of ['cancel', 'suspend', 'forget'] as const) ear.queue.withdraw(lease, how);
      await ear.end(lease);
    });

    it('refuses a lease that is not newer than the newest of its run', async () => {
      const ear = await open();
      await ear.end(ear.submit(orderOf(1, QUICK, { epoch: 3 })));
      const stale = ear.submit(orderOf(1, QUICK, { epoch: 2 }));
      expect(await ear.end(stale)).toMatchObject({ kind: 'refused', code: 'conflict' });
      expect(ear.kinds(stale)).toEqual(['refused']);
      const equal = ear.submit(orderOf(1, QUICK, { epoch: 3 }));
      await ear.hears(equal, 'refused');
      expect(ear.of(equal).filter(({ kind }) => kind === 'begun')).toHaveLength(1);
      const newer = ear.submit(orderOf(1, QUICK, { epoch: 4 }));
      expect(await ear.end(newer)).toMatchObject({ outcome: { kind: 'completed' } });
    });

    it('ends what is under way with an older lease when a newer one comes', async () => {
      const ear = await open();
      const older = ear.submit(orderOf(1, LONG));
      await ear.hears(older, 'progress');
      const newer = ear.submit(orderOf(1, QUICK, { epoch: 2 }));
      expect(await ear.end(older)).toMatchObject({ kind: 'finished', outcome: { kind: 'cancelled' } });
      expect(await ear.end(newer)).toMatchObject({ outcome: { kind: 'completed' } });
    });

    it('begins with what is more urgent, and among equals with what came first', async () => {
      const ear = await open(1);
      const busy = ear.submit(orderOf(1, LONG, { priority: 'waited_for' }));
      await ear.hears(busy, 'begun');
      const asked: Priority[] = ['background', 'proposed', 'asked', 'waited_for', 'proposed', 'waited_for'];
      const leases = asked.map((priority, index) => ear.submit(orderOf(index + 2, QUICK, { priority })));
      ear.queue.withdraw(busy, 'cancel');
      for (const lease of leases) await ear.end(lease);
      const begun = ear.events.filter(({ kind }) => kind === 'begun').map(({ lease }) => lease.run);
      expect(begun).toEqual([1, 5, 7, 4, 3, 6, 2]);
      expect(PRIORITIES).toEqual(['waited_for', 'asked', 'proposed', 'background']);
    });

    it('has a less urgent run make room at a checkpoint, and go on from there afterwards', async () => {
      const ear = await open(1);
      const script = { steps: 200, stepMs: 2 };
      const low = ear.submit(orderOf(1, script, { priority: 'proposed' }));
      await ear.hears(low, 'progress');
      const same = ear.submit(orderOf(2, QUICK, { priority: 'proposed' }));
      const urgent = ear.submit(orderOf(3, QUICK, { priority: 'asked' }));
      const end = await ear.end(low);
      expect(end.kind).toBe('suspended');
      expect(ear.kinds(low).at(-2)).toBe('checkpoint');
      const saved = ear.of(low).at(-2) as Extract<QueueEvent, { kind: 'checkpoint' }>;
      const again = ear.submit(orderOf(1, script, { epoch: 2, resumeFrom: { file: saved.file, step: saved.step } }));
      expect(await ear.end(again)).toMatchObject({ kind: 'finished', weightsHash: hashAfter(script, 7) });
      expect(await ear.end(same)).toMatchObject({ kind: 'finished' });
      const begun = ear.events.filter(({ kind }) => kind === 'begun').map(({ lease }) => lease);
      expect(begun).toEqual([low, urgent, same, again]);
    });

    it('tells how a trainer was lost, and how far it came', async () => {
      const ear = await open();
      const lease = ear.submit(orderOf(1, { ...LONG, deathsPerMille: 100 }));
      const end = await ear.end(lease);
      const steps = ear.of(lease).flatMap((event) => (event.kind === 'progress' ? [event.step] : []));
      const step = steps.at(-1) ?? 0;
      const loss = { cause: 'killed', isStarted: true, step, stepped: step > 0, saved: step >= 5 };
      expect(end).toMatchObject({ kind: 'lost', loss });
    });

    it('counts its trainers, and none is left when it is closed', async () => {
      const ear = await open(3);
      const leases = [1, 2].map((run) => ear.submit(orderOf(run, LONG)));
      for (const lease of leases) await ear.hears(lease, 'progress');
      await expect.poll(() => ear.queue.trainers(), { timeout: 5000 }).toEqual({ busy: 2, all: 2 });
      await ear.queue.close();
      for (const lease of leases) expect(await ear.end(lease)).toMatchObject({ kind: 'suspended' });
    });

    it(`ends each of ${ORDERS} runs once in the store's eyes, however often its workers die`, async () => {
      const queue = await factory(WORKERS);
      const runs = new ScriptedRuns({ queue, backoffMs: 1 });
      await runs.keeper.attach();
      const ends = countEnds(runs);
      // A worker that was given up talks on.
      runs.onEvent = (event) => {
        if (event.kind === 'lost') for (const late of lateWords(event.lease)) runs.again(late);
      };
      const script = { steps: 20, stepMs: 0, deathsPerMille: 30 };
      const carried = Array.from({ length: ORDERS }, async (_, index) => {
        const run = runs.add({ seed: index + 1 });
        return { run, seed: index + 1, end: await runs.carryOut(run, new Recorder(index + 1), script) };
      });
      for (const { run, seed, end } of await Promise.all(carried)) {
        const row = runs.store.runs.get(run);
        expect(ends.get(run)).toBe(1);
        const died = runs.store.attempts.list(run).filter((attempt) => attempt.end?.includes('SIGTERM')).length;
        expect(row.attempts).toBe(died + 1);
        expect(end).toMatchObject({ outcome: { kind: 'completed' }, weightsHash: hashAfter(script, seed) });
        expect(row).toMatchObject({ state: 'completed', step: 20 });
        for (let epoch = 1; epoch < row.leaseEpoch; epoch++) expect(writesUnder(runs, { run, epoch })).toEqual([]);
      }
      const deaths = runs.events.filter(({ kind }) => kind === 'lost').length;
      console.log(`${ORDERS} runs ended once each, over ${deaths} deaths`);
      expect(deaths).toBeGreaterThan(100);
      await runs.close();
    });
  });
}
