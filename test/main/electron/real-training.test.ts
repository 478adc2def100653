import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { localTrainers } from '../../../src/main/runs/local-trainers.ts';
import { openWorkbench } from '../../../src/main/workbench/workbench.ts';
import { scratchFolder, smallConfig, writeSmallDataset } from '../workbench/small-project.ts';
import { openPage, startDesktop, until } from './desktop-setting.ts';
import { buildBundle } from './main-bundle.ts';

const home = scratchFolder();
const config = smallConfig({ budget: { trials: 1, timeLimitMs: 0 }, trialsAtOnce: 1 });

beforeAll(async () => {
  await buildBundle();
  writeSmallDataset(home.folder);
  Object.assign(process.env, { CELLWRIGHT_HOME: home.folder, CELLWRIGHT_NODE: process.execPath });
});
afterAll(() => home.remove());

it('trains with TensorFlow out of the bundle, to the same bits as out of the sources', async () => {
  const electron = await startDesktop();
  const { client } = await openPage(electron);
  await client.call('experiment.create', { config });
  await until(() => electron.notifications.length === 1, 120_000);
  const bundled = await client.call('trial.get', { experiment: 1, trial: 1 });
  electron.quit();
  await until(() => electron.hasQuit);

  const workbench = await openWorkbench({
    projectFolder: join(home.folder, 'from-sources'),
    home: home.folder,
    openQueue: await localTrainers(),
  });
  const { signal } = new AbortController();
  await workbench.handlers['experiment.create']({ config }, signal);
  const state = async () => (await workbench.handlers['experiment.get']({ experiment: 1 }, signal)).state;
  await until(async () => (await state()) === 'completed', 120_000);
  const plain = await workbench.handlers['trial.get']({ experiment: 1, trial: 1, run: 1 }, signal);
  await workbench.close();

  expect(bundled.state).toBe('completed');
  expect(bundled.weightsHash).toMatch(/^[0-9a-f]{64}$/);
  expect([bundled.weightsHash, bundled.reward]).toEqual([plain.weightsHash, plain.reward]);
});
