import { expect, it } from 'vitest';
import { seedProject } from '../../../src/main/bench/seeded-project.ts';
import { ScriptedQueue } from '../search/scripted-queue.ts';
import { newSetting, openSetting } from '../search/search-setting.ts';

it('says how far it came when it is cancelled, and calls that no bug', async () => {
  const setting = newSetting();
  await seedProject(setting.projectFolder, { trials: 600, epochs: 1, seed: 1 });
  const logged: string[] = [];
  const log = { write: (_level: string, message: string) => void logged.push(message) };
  const { client } = await openSetting(setting, new ScriptedQueue(), { log });
  const rows = Array.from({ length: 600 }, (_, index) => ({ trial: index + 1 }));
  for (const [procedure, sentence] of [
    ['trial.trash', '200 of 600 trials were put into the trash before it was cancelled.'],
    ['trial.restore', '200 of 600 trials were taken out of the trash before it was cancelled.'],
  ] as const) {
    const cancel = new AbortController();
    const call = client.call(procedure, { experiment: 1, rows }, cancel.signal);
    cancel.abort();
    await expect(call).rejects.toMatchObject({ code: 'cancelled', message: sentence });
    const { trashed } = await client.call('experiment.get', { experiment: 1 });
    expect(trashed).toBe(procedure === 'trial.trash' ? 200 : 0);
  }
  expect(logged).toEqual([]);
});
