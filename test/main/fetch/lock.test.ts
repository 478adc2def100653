import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { takeLock } from '../../../src/main/fetch/lock.ts';
import { temporaryFolder } from '../setup/setting.ts';

const HOLDER = fileURLToPath(new URL('hold-lock.ts', import.meta.url));

function startHolder(file: string, log: string, holdMs: number) {
  const child = spawn(process.execPath, [HOLDER, file, log, String(holdMs)], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  return { child, ended };
}

async function waitUntil(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 500) throw new Error('it never came true');
    await sleep(20);
  }
}

it('waits for a live holder, says once for whom, and is free again after the release', async () => {
  const file = path.join(temporaryFolder(), 'lock');
  const release = await takeLock(file, () => undefined);
  const waited: number[] = [];
  let taken = false;
  const second = takeLock(file, (pid) => waited.push(pid)).then((free) => {
    taken = true;
    free();
  });
  await sleep(500);
  expect(taken).toBe(false);
  release();
  await second;
  expect(waited).toEqual([process.pid]);
  expect(existsSync(file)).toBe(false);
});

it('stops waiting when it is interrupted', async () => {
  const file = path.join(temporaryFolder(), 'lock');
  await takeLock(file, () => undefined);
  await expect(takeLock(file, () => undefined, AbortSignal.timeout(100))).rejects.toMatchObject({ name: 'AbortError' });
});

it('takes over at once from a holder that was killed', async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'lock');
  const { child, ended } = startHolder(file, path.join(folder, 'log'), 60_000);
  await waitUntil(() => existsSync(path.join(folder, 'log')));
  child.kill('SIGKILL');
  await ended;
  expect(existsSync(file)).toBe(true);
  const startedAt = performance.now();
  (await takeLock(file, () => undefined))();
  expect(performance.now() - startedAt).toBeLessThan(1000);
});

it.skipIf(process.platform !== 'linux')(
  'takes over from a dead holder whose pid belongs to another process by now',
  async () => {
    const file = path.join(temporaryFolder(), 'lock');
    writeFileSync(file, JSON.stringify({ pid: process.pid, startedAt: '1' }));
    (await takeLock(file, () => undefined))();
  },
);

it('is held by one at a time while many take it and some are killed', async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'lock');
  const log = path.join(folder, 'log');
  const holders = Array.from({ length: 10 }, (_, index) => ({ ...startHolder(file, log, 60), dies: index % 3 === 0 }));
  await Promise.all(
    holders.map(async ({ child, ended, dies }, index) => {
      if (dies) {
        await sleep(150 + 70 * index);
        child.kill('SIGKILL');
      }
      await ended;
    }),
  );
  const lines = readFileSync(log, 'utf8').trim().split('\n');
  const completed = lines.filter((line) => line.startsWith('-')).map((line) => line.slice(1));
  expect(completed.length).toBeGreaterThanOrEqual(6);
  // Whoever let go was the last one to have taken it: nobody came in between.
  for (const [at, line] of lines.entries()) if (line.startsWith('-')) expect(lines[at - 1]).toBe(`+${line.slice(1)}`);
});
