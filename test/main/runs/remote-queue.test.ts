import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { QueueServer } from '../../../src/main/runs/queue-server.ts';
import { RemoteQueue } from '../../../src/main/runs/remote-queue.ts';
import { openStore } from '../../../src/main/store/store.ts';
import { deriveSeed, randomUint32 } from '../../../src/shared/random.ts';
import { RECORDINGS, Recorder, removeRecordings, ScriptedRuns } from './scripted-runs.ts';
import { hashAfter, openQueue, type Simulation } from './simulated-trainers.ts';

/** `CELLWRIGHT_LONG=1` kills 25 times. */
const KILLS = process.env.CELLWRIGHT_LONG ? 25 : 5;
const QUEUE_PROCESS = fileURLToPath(new URL('../../../src/main/runs/queue-process.ts', import.meta.url));
const OWNER = fileURLToPath(new URL('./remote-owner.ts', import.meta.url));
const TRAINERS = new URL('./simulated-trainers.ts', import.meta.url).href;

const started = new Set<ChildProcess>();
afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
  started.clear();
});
afterAll(removeRecordings);

function newSocket(): string {
  return join(mkdtempSync(join(RECORDINGS, 'queue-')), 'socket');
}

function launch(program: string, args: readonly string[]): ChildProcess {
  const env = { ...process.env, TMPDIR: RECORDINGS, CELLWRIGHT_TEST_SEATS: '4' };
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  started.add(child);
  return child;
}

/** A queue's process that this one may kill. */
function launchQueue(path: string): ChildProcess {
  return launch(QUEUE_PROCESS, [path, TRAINERS]);
}

/** A queue that is served by this process. */
async function serveHere(path = newSocket()): Promise<string> {
  const server = new QueueServer(openQueue(), () => undefined);
  await server.serve(path);
  onTestFinished(() => server.close());
  return path;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
}

/** What the project's store says of each run, once everything is over. */
async function readRuns(folder: string, count: number) {
  const store = openStore(
    folder,
    () => undefined,
    () => new Date(),
  );
  const rows = Array.from({ length: count }, (_, index) => store.runs.get(index + 1));
  await store.close();
  return rows;
}

describe('A queue in another process', () => {
  it('goes on while its owner is killed at random moments: one end, one count, no step twice', async () => {
    const path = newSocket();
    const folder = mkdtempSync(join(RECORDINGS, 'project-'));
    const diary = join(folder, 'diary');
    const script: Simulation = { steps: 150, stepMs: 60, diary };
    const queue = launchQueue(path);
    let wentOn = 0;
    for (let kills = 0; ; kills++) {
      const owner = launch(OWNER, [folder, path, '8', JSON.stringify(script)]);
      let said = '';
      owner.stdout?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      if (kills < KILLS) {
        await expect.poll(() => said, { timeout: 60_000, interval: 5 }).toContain('goes on with');
        await sleep(randomUint32(deriveSeed(3, 'kill'), kills) % 700);
        owner.kill('SIGKILL');
      }
      await ended(owner);
      wentOn += Number(/goes on with (\d+)/.exec(said)?.[1] ?? 0);
      if (kills < KILLS) continue;
      expect(said).toContain('all have ended');
      break;
    }
    await ended(queue);
    const rows = await readRuns(folder, 8);
    for (const row of rows) {
      expect(row).toMatchObject({ state: 'completed', attempts: 1, weightsHash: hashAfter(script, row.id) });
    }
    expect(wentOn).toBeGreaterThan(0);
    const steps = readFileSync(diary, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.replace(/\/\d+/, ''));
    expect(steps).toHaveLength(8 * script.steps);
    expect(new Set(steps).size).toBe(steps.length);
    console.log(`${KILLS} kills of the owner; ${wentOn} times a run went on under its lease`);
  });

  it('is missed when it is killed at random moments, and its orders are carried out by the next one', async () => {
    const path = newSocket();
    let queue = launchQueue(path);
    const runs = new ScriptedRuns({ queue: new RemoteQueue({ path }), backoffMs: 1 });
    await runs.keeper.attach();
    const script: Simulation = { steps: 60, stepMs: 20 };
    const ends = Promise.all(Array.from({ length: 8 }, (_, index) => runs.train(script, new Recorder(index + 1))));
    for (let kills = 0; kills < KILLS; kills++) {
      const before = runs.events.length;
      await expect.poll(() => runs.events.length, { timeout: 60_000, interval: 5 }).toBeGreaterThan(before + 10);
      await sleep(randomUint32(deriveSeed(4, 'kill'), kills) % 200);
      queue.kill('SIGKILL');
      await ended(queue);
      queue = launchQueue(path);
    }
    for (const end of await ends) expect(end).toMatchObject({ weightsHash: hashAfter(script, 7) });
    const lost = runs.events.filter(({ kind }) => kind === 'lost').length;
    const attempts = runs.orders.map(({ lease }) => runs.store.runs.get(lease.run).attempts);
    expect(lost).toBeGreaterThanOrEqual(KILLS);
    expect(Math.max(...attempts)).toBeLessThanOrEqual(KILLS + 1);
    expect(runs.told.join('\n')).toContain('was lost with the process of its queue, after step');
    await runs.close();
    await ended(queue);
  });

  it('loses, doubles and reorders nothing over a connection that is cut in the middle of messages', async () => {
    const direct = await serveHere();
    const path = newSocket();
    let cuts = 0;
    let draws = 0;
    const proxy = createServer((near) => {
      const far = connect(direct);
      const cut = (): void => {
        near.destroy();
        far.destroy();
      };
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        let left = cuts < 40 ? 300 + (randomUint32(deriveSeed(5, 'cut'), draws++) % 9000) : Number.POSITIVE_INFINITY;
        from.on('data', (chunk: Buffer) => {
          to.write(chunk.subarray(0, left));
          left -= chunk.length;
          if (left > 0) return;
          cuts++;
          // What was written shall arrive before the end.
          setTimeout(cut, 5);
        });
        from.on('error', cut);
        from.on('close', cut);
      }
    });
    await new Promise<void>((resolve) => proxy.listen(path, resolve));
    onTestFinished(() => void proxy.close());
    const remote = new RemoteQueue({ path });
    const runs = new ScriptedRuns({ queue: remote, backoffMs: 1 });
    await runs.keeper.attach();
    const script: Simulation = { steps: 40, stepMs: 5 };
    const all = Array.from({ length: 30 }, (_, index) => runs.train(script, new Recorder(index + 1)));
    for (const end of await Promise.all(all)) expect(end).toMatchObject({ weightsHash: hashAfter(script, 7) });
    expect(cuts).toBeGreaterThan(20);
    for (const { lease } of runs.orders) {
      const told = runs.events.filter((event) => event.kind !== 'log' && event.lease.run === lease.run);
      expect(told.map(({ kind }) => kind).filter((kind) => kind !== 'progress')).toEqual([
        'begun',
        ...Array(8).fill('checkpoint'),
        'finished',
      ]);
      const steps = told.flatMap((event) => (event.kind === 'progress' ? [event.step] : []));
      expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
    }
    expect(runs.orders.every(({ lease }) => lease.epoch === 1)).toBe(true);
    console.log(`30 runs over a connection that was cut ${cuts} times`);
    remote.leave();
    runs.keeper.close();
    await runs.store.close();
  });

  it('tells a later owner what was told to nobody, its ends until they are forgotten', async () => {
    const path = await serveHere();
    const first = new RemoteQueue({ path });
    const one = new ScriptedRuns({ queue: first });
    await one.keeper.attach();
    const script: Simulation = { steps: 30, stepMs: 10 };
    void one.train(script);
    await expect.poll(() => one.events.length, { interval: 5 }).toBeGreaterThan(2);
    first.leave();
    one.keeper.close();
    await one.store.close();
    // It ends while nobody is there.
    await sleep(1000);
    for (let time = 0; time < 2; time++) {
      // Two owners hear of it, and neither waits for the run.
      const queue = new RemoteQueue({ path });
      const runs = new ScriptedRuns({ queue, folder: one.folder });
      await runs.keeper.attach();
      expect(runs.keeper.leftBehind()).toEqual([1]);
      await expect.poll(() => runs.events.map(({ kind }) => kind), { interval: 5 }).toContain('finished');
      queue.leave();
      await runs.store.close();
    }
    const last = new ScriptedRuns({ queue: new RemoteQueue({ path }), folder: one.folder });
    await last.keeper.attach();
    const owner = new Recorder();
    expect(await last.carryOut(1, owner, script)).toMatchObject({ weightsHash: hashAfter(script, 7) });
    expect(last.orders).toEqual([]);
    expect(last.store.runs.get(1)).toMatchObject({ state: 'completed', attempts: 1, leaseEpoch: 1, step: 30 });
    const later = new RemoteQueue({ path });
    (last.queue as RemoteQueue).leave();
    expect(await later.attach()).toEqual([]);
    later.leave();
    await last.store.close();
  });

  it('withdraws what runs under a lease that is not the newest any more', async () => {
    const path = await serveHere();
    const first = new RemoteQueue({ path });
    const one = new ScriptedRuns({ queue: first });
    await one.keeper.attach();
    void one.train({ steps: 100_000, stepMs: 5 });
    await expect.poll(() => one.events.length, { interval: 5 }).toBeGreaterThan(2);
    first.leave();
    one.keeper.close();
    one.store.runs.lease(1);
    await one.store.close();
    const second = new RemoteQueue({ path });
    const two = new ScriptedRuns({ queue: second, folder: one.folder });
    await two.keeper.attach();
    expect(two.keeper.leftBehind()).toEqual([]);
    await expect.poll(() => second.trainers().busy, { timeout: 5000 }).toBe(0);
    second.leave();
    await two.store.close();
  });

  it('serves one owner at a time, and the next one when that is gone', async () => {
    const path = await serveHere();
    const first = new RemoteQueue({ path });
    await first.attach();
    const second = new RemoteQueue({ path });
    let isIn = false;
    const attached = second.attach().then(() => {
      isIn = true;
    });
    await sleep(300);
    expect(isIn).toBe(false);
    first.leave();
    await attached;
    second.leave();
  });
});

describe('Lines that are none of ours', () => {
  const json = (value: unknown): string => `${Buffer.byteLength(JSON.stringify(value))} ${JSON.stringify(value)}\n`;
  const hello = { kind: 'hello', owner: 'somebody' };
  const LINES: [string, string][] = [
    ['nothing but a line feed', '\n'],
    ['no length', '{"kind":"hello","owner":"x"}\n'],
    ['a wrong length', `5 ${JSON.stringify(hello)}\n`],
    ['no JSON', '3 {a}\n'],
    ['JSON of something else', json({ kind: 'rm', path: '/' })],
    ['a command before a greeting', json({ kind: 'command', number: 1, command: { kind: 'close' } })],
    [
      'an order that is none',
      json(hello) + json({ kind: 'command', number: 1, command: { kind: 'submit', order: 1 } }),
    ],
    ['a prototype', json({ __proto__: null, kind: 'hello', owner: { toString: 1 } })],
    ['a negative number', json(hello) + json({ kind: 'listen', after: -1 })],
    ['no text', '\u0000\u00ff\u0000'.repeat(1000)],
    ['a line without an end', '9'.repeat(5 * 2 ** 20)],
  ];

  it.each(LINES)('end the connection to a queue that hears %s, and nothing else', async (_word, text) => {
    const path = await serveHere();
    const socket = connect(path);
    socket.on('error', () => undefined);
    // Its close is told once what was said before is read.
    socket.resume();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(Buffer.from(text, 'latin1'));
    // One without a line feed is only known when it ends.
    if (!text.includes('\n')) socket.end();
    await closed;
    const queue = new RemoteQueue({ path });
    expect(await queue.attach()).toEqual([]);
    queue.leave();
  });

  it('cost an owner nothing: it connects again', async () => {
    const path = newSocket();
    // Few, since each connection that fails has the next one wait longer.
    const texts = ['\n', '3 {a}\n', '9'.repeat(5 * 2 ** 20), json({ kind: 'welcome', queue: 'x' }), '40 {"kind":"welc'];
    let next = 0;
    const sockets: Socket[] = [];
    const hostile = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      const text = texts[next++];
      if (text === undefined) socket.write(json({ kind: 'welcome', queue: 'q', command: 0, leases: [] }));
      else socket.end(Buffer.from(text, 'latin1'));
    });
    await new Promise<void>((resolve) => hostile.listen(path, resolve));
    const queue = new RemoteQueue({ path });
    expect(await queue.attach()).toEqual([]);
    expect(next).toBe(texts.length + 1);
    queue.leave();
    for (const socket of sockets) socket.destroy();
    hostile.close();
  });
});
