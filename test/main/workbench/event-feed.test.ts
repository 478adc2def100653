import { expect, it } from 'vitest';
import { EventFeed } from '../../../src/main/workbench/event-feed.ts';
import type { WorkbenchEvent } from '../../../src/shared/contract.ts';
import { namedViewSchema } from '../../../src/shared/records/leaderboard.ts';
import { ScriptedQueue } from '../search/scripted-queue.ts';
import { newSetting, openSetting } from '../search/search-setting.ts';

const entry = (message: string): WorkbenchEvent => ({
  name: 'log.added',
  payload: { at: '2030-01-02T03:04:05.678Z', level: 'info', experiment: null, trial: null, message },
});

const broken = (): never => {
  throw new Error('a listener is broken');
};

it('tells every listener, whatever one before it throws', () => {
  const unexpected: unknown[] = [];
  const feed = new EventFeed('feed', 4, (error) => unexpected.push(error));
  const heard: string[] = [];
  feed.subscribe(null, broken);
  feed.subscribe(null, ({ sequence }, { name }) => heard.push(`${sequence} ${name}`));
  feed.publish(entry('one'));
  feed.publish(entry('two'));
  expect(heard).toEqual(['1 log.added', '2 log.added']);
  expect(unexpected).toEqual([new Error('a listener is broken'), new Error('a listener is broken')]);
});

it('answers a write that is stored as done, and logs the listener that could not hear of it', async () => {
  const logged: string[] = [];
  const log = {
    write: (_level: string, message: string, details: unknown) => void logged.push(`${message}: ${details}`),
  };
  const { workbench, client } = await openSetting(newSetting(), new ScriptedQueue(), { log });
  workbench.events.subscribe(null, broken);
  const later: string[] = [];
  await workbench.connect().client.subscribe(({ name }) => later.push(name));
  const view = {
    name: 'mine',
    mode: 'trials',
    filter: '',
    sort: { column: 'reward', isAscending: false },
    columns: [],
  };
  expect(await client.call('view.save', { view: namedViewSchema.parse(view) })).toEqual({});
  expect(await client.call('view.list', {})).toHaveLength(1);
  expect(later).toEqual(['views.changed']);
  expect(logged).toEqual(['A listener of the events failed: Error: a listener is broken']);
});
