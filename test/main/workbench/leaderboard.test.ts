import { expect, it } from 'vitest';
import { seedProject } from '../../../src/main/bench/seeded-project.ts';
import { PROCEDURES } from '../../../src/shared/contract.ts';
import type { LeaderboardQuery, LeaderboardRow, NamedView } from '../../../src/shared/records/leaderboard.ts';
import { ScriptedQueue } from '../search/scripted-queue.ts';
import { newSetting, openSetting } from '../search/search-setting.ts';
import { smallConfig } from './small-project.ts';

const BY_REWARD: LeaderboardQuery = {
  mode: 'trials',
  filter: '',
  sort: { column: 'reward', isAscending: false },
  isTrash: false,
};

/** A finished search of six trials. */
async function searched() {
  const open = await openSetting(newSetting(), new ScriptedQueue());
  const { id: experiment } = await open.client.call('experiment.create', { config: smallConfig() });
  await open.rest(experiment);
  open.events.length = 0;
  const read = async (changes: Partial<LeaderboardQuery> = {}) => {
    const query = { experiment, ...BY_REWARD, ...changes, offset: 0, limit: 50 };
    return PROCEDURES['leaderboard.read'].output.parse(await open.client.call('leaderboard.read', query));
  };
  const trash = () => read({ isTrash: true });
  return { ...open, experiment, read, trash };
}

it('puts trials into the trash and back: hidden from every view, learned from all the same', async () => {
  const { client, experiment, read, trash, events } = await searched();
  const before = await read();
  const updates = await client.call('controller.updates', { experiment });
  const best = before.rows[0]!.trial.trial;
  const row = { trial: best, run: 1 };
  expect(await client.call('trial.trash', { experiment, rows: [{ trial: best }, row] })).toEqual([row]);
  expect(await client.call('trial.trash', { experiment, rows: [row] })).toEqual([]);
  expect(events.map(({ name }) => name)).toEqual(['trial.changed', 'experiment.changed']);
  expect(events[0]?.payload).toMatchObject({ trial: best, trashedAt: expect.any(String) });
  expect(events[1]?.payload).toMatchObject({ trashed: 1, best: { trial: before.rows[1]!.trial.trial } });

  const hidden = await read();
  expect(hidden.rows.map(({ trial, rank }) => [trial.trial, rank])).toEqual(
    before.rows.slice(1).map(({ trial, rank }) => [trial.trial, rank === null ? null : rank - 1]),
  );
  expect(hidden).toMatchObject({ total: 5, best: { trial: before.rows[1]!.trial.trial, run: 1 } });
  expect((await trash()).rows.map(({ trial }) => trial.trial)).toEqual([best]);
  expect((await client.call('experiment.scatter', { experiment, filter: '' })).trial).not.toContain(best);
  expect((await client.call('experiment.curve', { experiment })).proposals).toEqual([1, 2, 3, 4, 5]);
  await expect(client.call('leaderboard.find', { experiment, ...BY_REWARD, trial: best })).rejects.toMatchObject({
    code: 'not_found',
    message: `Trial ${best} of experiment ${experiment} is in the trash.`,
  });
  expect(await client.call('controller.updates', { experiment })).toEqual(updates);

  expect(await client.call('trial.restore', { experiment, rows: [row, { trial: 2 }] })).toEqual([row]);
  expect(await read()).toEqual(before);
  expect((await trash()).total).toBe(0);
});

it('refuses to put a trial into the trash that is not finished, and then none of those asked for', async () => {
  const { client, heard } = await openSetting(newSetting(), new ScriptedQueue({ stepMs: () => 50, steps: 1000 }));
  const { id: experiment } = await client.call('experiment.create', { config: smallConfig() });
  await heard(({ name, payload }) => name === 'trial.changed' && 'state' in payload && payload.state === 'running');
  await client.call('trial.cancel', { experiment, trial: 2 });
  await heard(({ name, payload }) => name === 'trial.changed' && 'state' in payload && payload.state === 'cancelled');
  await expect(client.call('trial.trash', { experiment, rows: [{ trial: 2 }, { trial: 1 }] })).rejects.toMatchObject({
    code: 'conflict',
    message: 'Trial 1 is running: kill it first, then put it into the trash.',
  });
  expect((await client.call('trial.get', { experiment, trial: 2 })).trashedAt).toBeNull();
  await client.call('experiment.stop', { experiment });
});

it('answers others while hundreds of trials go into the trash', async () => {
  const setting = newSetting();
  await seedProject(setting.projectFolder, { trials: 600, epochs: 1, seed: 1 });
  const { client } = await openSetting(setting, new ScriptedQueue());
  const rows = Array.from({ length: 600 }, (_, index) => ({ trial: index + 1, run: 1 }));
  const trashing = client.call('trial.trash', { experiment: 1, rows });
  const { trashed } = await client.call('experiment.get', { experiment: 1 });
  expect(trashed).toBeLessThan(600);
  expect(await trashing).toEqual(rows);
  expect((await client.call('experiment.get', { experiment: 1 })).trashed).toBe(600);
});

it('labels the cells of trials, and tells each once', async () => {
  const { client, experiment, read, events } = await searched();
  const [first, second] = (await read()).rows.map(({ trial }) => trial);
  const trials = [first!.trial, second!.trial, first!.trial];
  await client.call('leaderboard.label', { experiment, trials, isStarred: true, addTags: ['new', 'good', 'new'] });
  await client.call('leaderboard.label', {
    experiment,
    trials: [first!.trial],
    note: 'odd start',
    removeTags: ['new'],
  });
  const labels = { isStarred: true, note: 'odd start', tags: ['good'] };
  expect(events).toHaveLength(3);
  expect(events.at(-1)).toEqual({ name: 'cell.labelled', payload: { experiment, hash: first!.hash, labels } });
  const starred = await read({ filter: 'star' });
  expect(starred.rows.map((row) => row.labels)).toEqual([labels, { isStarred: true, note: '', tags: ['good', 'new'] }]);
  expect((await read({ filter: 'note:"ODD start" tag:good -tag:new' })).rows).toHaveLength(1);
  expect(await client.call('leaderboard.tags', { experiment })).toEqual(['good', 'new']);
  await expect(client.call('leaderboard.tags', { experiment: 99 })).rejects.toMatchObject({ code: 'not_found' });
  const many = Array.from({ length: 20 }, (_, index) => `tag ${index}`);
  await expect(
    client.call('leaderboard.label', { experiment, trials: [first!.trial], addTags: many }),
  ).rejects.toMatchObject({ code: 'invalid_input', message: expect.stringContaining('20 is the most') });
  await expect(client.call('leaderboard.label', { experiment, trials: [99], isStarred: true })).rejects.toMatchObject({
    code: 'not_found',
  });
});

it('says how many trials a row stands for, repeats among them, which are no proposals', async () => {
  const { client, experiment, read, heard } = await searched();
  const [{ trial: first }] = (await read()).rows as [LeaderboardRow];
  await client.call('trial.repeat', { experiment, trial: first.trial, times: 1 });
  await heard(({ name, payload }) => name === 'trial.changed' && payload.run === 2 && payload.finishedAt !== null);
  const cell = (await read({ mode: 'cells', filter: `hash:${first.hash}` })).rows[0]!;
  const parts = (await read({ filter: `hash:${first.hash}` })).rows;
  expect(parts.map(({ trial }) => [trial.trial, trial.run])).toContainEqual([first.trial, 2]);
  expect(cell).toMatchObject({ trials: parts.length, proposals: parts.length - 1, deviation: expect.any(Number) });
  expect(parts.map(({ trials }) => trials)).toEqual(parts.map(() => 1));
  await client.call('trial.trash', { experiment, rows: [{ trial: first.trial, run: 2 }] });
  expect((await read({ mode: 'cells', filter: `hash:${first.hash}` })).rows[0]).toMatchObject({
    trials: parts.length - 1,
  });
  expect((await read({ mode: 'cells', isTrash: true })).rows[0]).toMatchObject({ trials: 1, proposals: 1 });
});

it('finds where a trial stands, or that the filter hides it', async () => {
  const { client, experiment, read } = await searched();
  const { rows } = await read();
  const find = (filter: string, trial: number) =>
    client.call('leaderboard.find', { experiment, ...BY_REWARD, filter, trial });
  expect(await find('', rows[3]!.trial.trial)).toEqual({ index: 3, row: rows[3] });
  expect(await find('reward>1', rows[3]!.trial.trial)).toEqual({ index: null, row: rows[3] });
  await expect(find('rewrad>1', 1)).rejects.toMatchObject({
    code: 'invalid_input',
    message: '`rewrad` is no column. Did you mean reward?',
  });
  await expect(find('', 99)).rejects.toMatchObject({ code: 'not_found' });
});

it('keeps named views by name, with the project', async () => {
  const setting = newSetting();
  const open = await openSetting(setting, new ScriptedQueue());
  const view = (name: string, filter: string): NamedView => ({
    name,
    mode: 'cells',
    filter,
    sort: { column: 'best', isAscending: true },
    columns: ['reward', 'note'],
  });
  await open.client.call('view.save', { view: view('small', 'params<1M') });
  await open.client.call('view.save', { view: view('<b>good</b>', 'reward>0.5') });
  await open.client.call('view.save', { view: view('small', 'params<2M') });
  const wanted = [view('<b>good</b>', 'reward>0.5'), view('small', 'params<2M')];
  expect(open.events.at(-1)).toEqual({ name: 'views.changed', payload: wanted });
  await expect(open.client.call('view.save', { view: view('broken', 'rewrad>1') })).rejects.toMatchObject({
    code: 'invalid_input',
  });
  await open.close();
  const again = await openSetting(setting, new ScriptedQueue());
  expect(await again.client.call('view.list', {})).toEqual(wanted);
  await again.client.call('view.remove', { name: 'small' });
  expect(await again.client.call('view.list', {})).toEqual(wanted.slice(0, 1));
  await expect(again.client.call('view.remove', { name: 'small' })).rejects.toMatchObject({ code: 'not_found' });
});

it('answers the aggregates as the contract has them', async () => {
  const { client, experiment } = await searched();
  const { scatter, operations, curve } = {
    scatter: await client.call('experiment.scatter', { experiment, filter: 'reward>0' }),
    operations: await client.call('experiment.operations', { experiment }),
    curve: await client.call('experiment.curve', { experiment }),
  };
  expect(PROCEDURES['experiment.scatter'].output.parse(scatter).trial.length).toBeGreaterThan(0);
  expect(PROCEDURES['experiment.operations'].output.parse(operations).map(({ operation }) => operation)).toEqual([
    'identity',
    'max_pool_3x3',
    'sep_conv_3x3',
  ]);
  expect(PROCEDURES['experiment.curve'].output.parse(curve).proposals).toEqual([1, 2, 3, 4, 5, 6]);
  for (const procedure of ['experiment.operations', 'experiment.curve'] as const) {
    await expect(client.call(procedure, { experiment: 7 })).rejects.toMatchObject({ code: 'not_found' });
  }
});
