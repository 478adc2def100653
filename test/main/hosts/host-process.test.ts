import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Death, Host } from '../../../src/main/hosts/host.ts';
import { processLauncher } from '../../../src/main/hosts/launch-process.ts';
import { trainerEnvironment } from '../../../src/main/hosts/trainer-environment.ts';
import { trainerProgram } from '../../../src/main/hosts/trainer-program.ts';
import type { RunOrder, TrainerCommand, TrainerEvent } from '../../../src/shared/records/run.ts';
import { childPids, RECORDINGS, removeRecordings, SCRIPTED_TRAINING, scriptedSpec } from '../runs/scripted-runs.ts';
import type { Script } from '../runs/scripted-training.ts';

/** `CELLWRIGHT_LONG=1` starts 20; all of them ended with 0 when this was written. */
const HOSTS = process.env.CELLWRIGHT_LONG ? 20 : 4;

/** A host without a queue: what it says and how it ends. */
class BareHost {
  readonly host: Host<TrainerCommand, TrainerEvent>;
  readonly kinds: string[] = [];
  readonly ended: Promise<Death>;

  constructor(trainingModule = SCRIPTED_TRAINING) {
    const environment = trainerEnvironment(0, { cores: 2, gpus: [], hosts: 1 });
    this.host = processLauncher().launch(trainerProgram(trainingModule), environment);
    this.host.onEvent(({ kind }) => this.kinds.push(kind));
    this.ended = new Promise((resolve) => this.host.onDeath(resolve));
  }

  async hears(kind: string): Promise<void> {
    await expect.poll(() => this.kinds, { timeout: 20_000 }).toContain(kind);
  }

  async train(script: Script): Promise<void> {
    await this.hears('ready');
    this.host.send({ kind: 'begin', order: orderOf(script) });
  }
}

function orderOf(script: Script): RunOrder {
  return {
    lease: { run: 1, epoch: 1 },
    title: 'A run of a test',
    spec: scriptedSpec(),
    placement: {
      datasetFolder: JSON.stringify(script),
      device: '',
      residentBytes: 0,
      checkpointFolder: mkdtempSync(join(RECORDINGS, 'lease-')),
      checkpointEveryMs: 1_000_000,
      checkpointEverySteps: 5,
      keepWeights: false,
      weightsFile: null,
    },
    priority: 'asked',
    resumeFrom: null,
  };
}

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

afterAll(removeRecordings);

describe('The process of a trainer host', () => {
  it('ends with exit code 0 whenever it is told to, before and after TensorFlow worked in it', async () => {
    const codes = await atMost(3, HOSTS, async (index) => {
      const host = new BareHost();
      if (index % 2 === 0) await host.hears('ready');
      else {
        await host.train({ steps: 2, stepMs: 0, usesTensorFlow: true });
        await host.hears('finished');
      }
      host.host.send({ kind: 'shutdown' });
      const death = await host.ended;
      return death.kind === 'exit' ? death.code : death.signal;
    });
    expect(codes).toEqual(Array(HOSTS).fill(0));
  });

  it.runIf(process.platform === 'linux')('asks to be ended before the workbench when memory runs out', async () => {
    const host = new BareHost();
    await host.hears('ready');
    expect(readFileSync(`/proc/${host.host.pid}/oom_score_adj`, 'utf8').trim()).toBe('800');
    host.host.kill();
    expect(await host.ended).toMatchObject({ kind: 'signal', signal: 'SIGKILL' });
  });

  it('does not hear the Ctrl-C that its terminal sends to all', async () => {
    const host = new BareHost();
    await host.train({ steps: 20, stepMs: 10 });
    await host.hears('progress');
    process.kill(host.host.pid ?? 0, 'SIGINT');
    process.kill(host.host.pid ?? 0, 'SIGHUP');
    await host.hears('finished');
    host.host.send({ kind: 'shutdown' });
    expect(await host.ended).toEqual({ kind: 'exit', code: 0, error: null });
  });

  it('saves what it trains and ends without an error at SIGTERM', async () => {
    const host = new BareHost();
    await host.train({ steps: 10_000, stepMs: 5 });
    await host.hears('progress');
    process.kill(host.host.pid ?? 0, 'SIGTERM');
    expect(await host.ended).toMatchObject({ kind: 'exit', code: 0 });
    expect(host.kinds.slice(-2)).toEqual(['checkpoint', 'suspended']);
  });

  it.runIf(process.platform === 'linux')('is gone soon after the workbench, even deep in native code', async () => {
    const program = fileURLToPath(new URL('../runs/doomed-workbench.ts', import.meta.url));
    const workbench = spawn(process.execPath, [program], {
      env: { ...process.env, TMPDIR: RECORDINGS },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    started.push(workbench);
    await new Promise((resolve) => workbench.stdout?.once('data', resolve));
    const hosts = childPids(workbench.pid);
    expect(hosts).toHaveLength(2);
    workbench.kill('SIGKILL');
    const killedAt = performance.now();
    await expect.poll(() => hosts.filter(isAlive), { timeout: 5000, interval: 20 }).toEqual([]);
    console.log(`hosts outlived the workbench by ${Math.round(performance.now() - killedAt)} ms`);
  });

  it.runIf(process.platform === 'linux')('leaves no process and no open file behind', async () => {
    const open = () => readdirSync('/proc/self/fd').length;
    const oneByOne = async () => {
      const host = new BareHost();
      await host.hears('ready');
      host.host.kill();
      await host.ended;
    };
    await oneByOne();
    const before = open();
    for (let time = 0; time < 2; time++) await oneByOne();
    await expect.poll(open).toBeLessThanOrEqual(before);
    expect(childPids()).toEqual([]);
  });
});

function isAlive(pid: number): boolean {
  try {
    // A process that nobody has waited for yet is dead all the same.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Results of `count` works of which at most so many are under way. */
async function atMost<T>(width: number, count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) results[index] = await work(index);
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}
