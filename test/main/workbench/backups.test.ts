import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { PROCEDURES } from '../../../src/shared/contract.ts';
import { ScriptedQueue } from '../search/scripted-queue.ts';
import { newSetting, openSetting } from '../search/search-setting.ts';
import { damagePage } from '../store/damage-page.ts';

it('tells, once, that no backup can be made of a database that was damaged while it was open', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const setting = newSetting();
  const { workbench, events, heard, close } = await openSetting(setting, new ScriptedQueue());
  workbench.tell('info', 'a change');
  damagePage(join(setting.projectFolder, 'cellwright.db'));
  const told = () => events.filter(({ name, payload }) => name === 'log.added' && payload.level === 'error');
  vi.advanceTimersByTime(10 * 60_000);
  await heard(({ name, payload }) => name === 'log.added' && payload.level === 'error');
  workbench.tell('info', 'another change');
  await close();
  expect(told().map(({ payload }) => payload)).toEqual([
    expect.objectContaining({ message: expect.stringContaining('the earlier backups are kept') }),
  ]);
  const log = readFileSync(join(setting.projectFolder, 'log', 'cellwright.log'), 'utf8');
  expect(log.match(/could not be backed up/g)).toHaveLength(2);
});

it('tells that a backup took the place of a database that was gone', async () => {
  const setting = newSetting();
  const first = await openSetting(setting, new ScriptedQueue());
  first.workbench.tell('info', 'a change');
  await first.close();
  rmSync(join(setting.projectFolder, 'cellwright.db'));
  const { client } = await openSetting(setting, new ScriptedQueue());
  const entries = PROCEDURES['log.list'].output.parse(
    await client.call('log.list', { experiment: null, trial: null, limit: 10 }),
  );
  expect(JSON.stringify(entries)).toMatch(
    /The project's database was missing\. The backup of 20\S+ took its place, so trials that ended later are trained again\./,
  );
});
