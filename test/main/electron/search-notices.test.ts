import { expect, it } from 'vitest';
import { noticeOf } from '../../../src/main/electron/search-notices.ts';
import type { Experiment } from '../../../src/shared/records/experiment.ts';
import { ScriptedQueue } from '../search/scripted-queue.ts';
import { newSetting, openSetting } from '../search/search-setting.ts';
import { makeExperiment } from '../terminal/records.ts';
import { smallConfig } from '../workbench/small-project.ts';

it('the end of a search is told once, and repeats of it later on are no end', async () => {
  const { client, events, rest } = await openSetting(newSetting(), new ScriptedQueue());
  const { id } = await client.call('experiment.create', { config: smallConfig({ name: 'night run' }) });
  await rest(id);
  await client.call('trial.repeat', { experiment: id, trial: 1, times: 2 });
  await rest(id);
  const told = events.flatMap(({ name, payload }) => (name === 'experiment.changed' ? [payload as Experiment] : []));
  expect(told.some(({ state, restsAs }) => state === 'running' && restsAs === 'completed')).toBe(true);
  const notices = told.flatMap((after, index) => noticeOf(told[index - 1], after) ?? []);
  expect(notices).toMatchObject([{ experiment: id, title: 'night run: the search ended' }]);
});

it('repeats that could not be trained are told with the reason, and not as a pause of the search', () => {
  const repeating = makeExperiment({ state: 'running', restsAs: 'completed' });
  const { name } = repeating.config;
  const message = 'No trainer starts.';
  expect(noticeOf(repeating, makeExperiment({ state: 'completed', message }))).toEqual({
    experiment: 1,
    title: `${name}: repeats could not be trained`,
    body: message,
  });
  // The same sentence as before the repeats is the search's own.
  const full = { state: 'paused', message: 'The disk is full.' } as const;
  const beside = makeExperiment({ ...full, state: 'running', restsAs: 'paused' });
  expect(noticeOf(beside, makeExperiment(full))).toBeNull();
  // Stopped by a person, the search says why it had come to rest.
  const stopped = makeExperiment({ state: 'stopped', message: `Before that it rested: ${full.message}` });
  expect(noticeOf(beside, stopped)).toBeNull();
});
