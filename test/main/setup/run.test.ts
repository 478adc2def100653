import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { homeFolder, isAdequateNode } from '../../../src/main/setup/runtime.mjs';
import { runOwnTests } from './own-tests.ts';
import { type Ended, localServer, npmEnvironment, RUN, runToEnd, SETUP, temporaryFolder } from './setting.ts';

const NODE = process.execPath;

function entry(source: string): string {
  const file = path.join(temporaryFolder(), 'entry.ts');
  writeFileSync(file, source);
  return file;
}

describe('run.mjs', () => {
  it('says nothing and takes less than a second when there is nothing to do', async () => {
    const runs: Ended[] = [];
    const bare: Ended[] = [];
    for (let time = 0; time < 3; time++) {
      runs.push(await runToEnd(NODE, [RUN, 'none.ts', 'setup']));
      bare.push(await runToEnd(NODE, ['--eval', '0']));
    }
    expect(runs.map(({ code, stdout, stderr }) => [code, stdout, stderr])).toEqual(runs.map(() => [0, '', '']));
    const best = (ended: readonly Ended[]) => Math.min(...ended.map(({ durationMs }) => durationMs));
    // Some 0.2 s, two starts of Node among them. On a machine so busy that one start takes long, ten of them are allowed.
    expect(best(runs)).toBeLessThan(Math.max(1000, 10 * best(bare)));
  });

  it('runs TypeScript and passes arguments, output and the exit code through', async () => {
    const file = entry(`const words: string[] = process.argv.slice(2);
      console.log(JSON.stringify([words, process.env['CELLWRIGHT_HOME']])); process.exit(7);`);
    const ended = await runToEnd(NODE, [RUN, file, 'leaderboard', '--json']);
    expect([ended.code, ended.stderr]).toEqual([7, '']);
    expect(JSON.parse(ended.stdout)).toEqual([['leaderboard', '--json'], homeFolder()]);
  });

  it('tells a command that was killed by the exit code that shells use', async () => {
    const ended = await runToEnd(NODE, [RUN, entry(`process.kill(process.pid, 'SIGKILL')`), 'search']);
    expect(ended.code).toBe(128 + 9);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('passes %s on and waits for the command to end', async (signal) => {
    const file =
      entry(`process.once('${signal}', () => setTimeout(() => { console.log('saved'); process.exit(5); }, 200));
      setInterval(() => undefined, 1000); console.log('ready');`);
    let sent = false;
    const ended = await runToEnd(NODE, [RUN, file, 'search'], {
      onOutput: (said, kill) => {
        if (!sent && said.includes('ready')) kill(signal);
        sent ||= said.includes('ready');
      },
    });
    expect([ended.code, ended.stdout]).toEqual([5, 'ready\nsaved\n']);
  });

  it('runs nothing when set-up fails', async () => {
    const file = path.join(temporaryFolder(), 'no-folder');
    writeFileSync(file, '');
    const ended = await runToEnd(NODE, [RUN, entry(`console.log('ran')`), 'search'], {
      env: { ...process.env, CELLWRIGHT_HOME: file },
    });
    expect([ended.code, ended.stdout]).toEqual([1, '']);
    expect(ended.stderr).toMatch(/^.*no-folder.* can't be made a folder .*\n$/);
  });

  it('takes Node 24.12 or a later 24', () => {
    const versions = ['v20.20.2', 'v24.11.9', 'v24.12.0', 'v24.21.0', 'v25.0.0', 'v26.1.0'];
    expect(versions.filter(isAdequateNode)).toEqual(['v24.12.0', 'v24.21.0']);
  });
});

describe('set-up that is interrupted', () => {
  it('stops npm, tells how to go on, leaves no lock and nothing half-done', async () => {
    const home = temporaryFolder();
    // A registry that takes the call and never answers.
    const registry = await localServer(() => undefined);
    const env = { ...npmEnvironment(registry), CELLWRIGHT_HOME: home };
    let sent = false;
    const ended = await runToEnd(NODE, [SETUP, '--only', 'cifar10'], {
      env,
      onOutput: (said, kill) => {
        if (!sent && said.includes('fetching')) setTimeout(() => kill('SIGINT'), 300);
        sent ||= said.includes('fetching');
      },
    });
    expect(ended.code).toBe(130);
    expect(ended.stderr).toContain('the same command goes on from here');
    expect(readdirSync(home).sort()).toEqual(['scratch']);
    expect(readdirSync(path.join(home, 'scratch'))).toEqual([]);
  });
});

describe('run.mjs test', () => {
  it('closes with the counts and passes when all pass', async () => {
    const { code, last } = await runOwnTests({
      'a.test.ts': `it('a', () => expect(1).toBe(1)); it.skip('b');`,
    });
    expect([code, last]).toEqual([0, '1 passed, 0 failed, 1 skipped']);
  });

  it('fails, and counts a file that can not be loaded as a failure', async () => {
    const { code, last } = await runOwnTests({
      'a.test.ts': `it('a', () => expect(1).toBe(1)); it('b', () => expect(1).toBe(2));`,
      'b.test.ts': `throw new Error('broken file');`,
    });
    expect([code, last]).toEqual([1, '1 passed, 2 failed']);
  });

  it('fails when no test ran, even if the runner calls that a success', async () => {
    const { code, last } = await runOwnTests({});
    expect([code, last]).toEqual([1, '0 passed, 0 failed']);
  });
});
