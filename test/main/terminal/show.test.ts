import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { localTrainers } from '../../../src/main/runs/local-trainers.ts';
import { runProgram } from '../../../src/main/terminal/program.ts';
import { AT, completed, fill, finish, newSpec, openTestStore } from '../store/store-setting.ts';

/** A closed project of two trials, of which the first was trained again, better. */
async function closedProject(): Promise<string> {
  const { store, folder } = openTestStore();
  fill(store, 2);
  finish(store, 1, completed(0.25));
  store.trials.addRepeat(1, 1, newSpec(9), AT);
  store.epochs.add(store.rows.idOf(1, 1, 2), {
    epoch: 1,
    trainingLoss: 1,
    trainingAccuracy: 0.5,
    validationLoss: 1,
    validationAccuracy: 0.5,
    learningRate: 0.1,
    dropPathKeep: 1,
    durationMs: 10,
  });
  finish(store, 1, completed(0.75), 2);
  store.experiments.setState(1, 'completed', null, AT);
  await store.close();
  return folder;
}

async function cellwright(project: string, ...args: string[]) {
  const texts = { out: '', err: '' };
  const collect = (stream: 'out' | 'err') => ({ write: (text: string) => (texts[stream] += text) });
  const code = await runProgram([...args, '--project', project], {
    out: collect('out'),
    err: collect('err'),
    environment: {},
    version: '1.2.3',
    packageFolder: resolve(import.meta.dirname, '../../..'),
    home: resolve(project, '../home'),
    currentFolder: resolve(project, '..'),
    loadQueue: localTrainers,
  });
  return { code, ...texts };
}

it('shows a repeat by its trial and its run, with its own curve, and the best run of all', async () => {
  const project = await closedProject();
  for (const name of ['1.2', '1·2', 'best']) {
    const { code, out } = await cellwright(project, 'show', name);
    expect([code, out.split('\n')[0]]).toEqual([
      0,
      'Trial 1·2, a repeat of 1, of experiment 1: reward 75.00 %, rank 1 of 3',
    ]);
    expect(out).toContain('Curves over 1 epoch');
  }
  const { out } = await cellwright(project, 'show', '1');
  expect(out).toMatch(/^Trial 1 of experiment 1: reward 25\.00 %, rank 2 of 3\n/);
  expect(out).toContain('No epochs yet.');
});

it('says that there is no such run', async () => {
  const { code, err } = await cellwright(await closedProject(), 'show', '1.3');
  expect([code, err]).toEqual([2, 'Experiment 1 has no run 3 of trial 1.\n']);
});
