import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { smallConfig } from '../workbench/small-project.ts';
import { type DesktopHome, desktopHome } from './desktop-home.ts';
import { openPage, startDesktop, until } from './desktop-setting.ts';
import { buildBundle, OUT } from './main-bundle.ts';
import type { RecordedElectron } from './recorded-electron.ts';

let home: DesktopHome;

beforeAll(async () => {
  await buildBundle();
  home = desktopHome();
  Object.assign(process.env, home.environment);
});
afterAll(() => home.remove());

it('saves and ends on SIGTERM without a question, trainers in utility processes included, and goes on at the next start', async () => {
  const others = new Set([...process.listeners('SIGTERM'), ...process.listeners('SIGHUP')]);
  const send = (signal: NodeJS.Signals): void => {
    for (const listener of process.listeners(signal)) if (!others.has(listener)) listener(signal);
  };
  const electron = await startDesktop({ argv: ['electron', '.', '--trainers=utility'] });
  const { client } = await openPage(electron);
  await client.call('experiment.create', { config: smallConfig({ budget: { trials: 2, timeLimitMs: 0 } }) });
  await until(async () => (await client.call('experiment.get', { experiment: 1 })).counts.running === 2);
  const forks = electron.named('utilityProcess.fork').map(([entry, args]) => [entry, args]);
  const training = expect.stringMatching(/^file:.*\/out\/main\/carry-out-run\.js$/);
  expect(forks).toEqual(Array(2).fill([join(OUT, 'main', 'trainer-process.js'), [training]]));

  send('SIGTERM');
  // Of a signal to the whole process group, whoever started it passes its own on.
  send('SIGTERM');
  // The terminal is closed meanwhile, which tells it once more.
  send('SIGHUP');
  await until(() => electron.hasQuit);
  expect(electron.exitCode).toBeNull();
  expect(electron.named('dialog.showMessageBox')).toEqual([]);
  expect(electron.blocks.size).toBe(0);
  expect(electron.notifications).toEqual([]);

  home.finish();
  const next: RecordedElectron = await startDesktop();
  await until(() => next.notifications.length === 1);
  expect(next.notifications[0]?.options.title).toBe('small search: the search ended');
  next.quit();
  await until(() => next.hasQuit);
  // Nothing is in motion any more, so nobody was asked.
  expect(next.named('dialog.showMessageBox')).toEqual([]);
});
