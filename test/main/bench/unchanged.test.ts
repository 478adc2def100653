import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { differingTensor, type NamedTensor } from '../../../src/main/bench/unchanged/tensor-file.ts';
import { differingTrial, type TrialEnd } from '../../../src/main/bench/unchanged/tree-search.ts';
import { type UnchangedResult, unchangedBench } from '../../../src/main/bench/unchanged.ts';
import { PROJECT_ROOT } from '../../../src/main/setup/runtime.mjs';
import { scratchFolder } from '../workbench/small-project.ts';

const git = (...args: string[]) => spawnSync('git', args, { cwd: PROJECT_ROOT, encoding: 'utf8' });
const isRepository = git('rev-parse', '--verify', 'HEAD').status === 0;
if (!isRepository) console.log('No two revisions were compared: this is not a checkout of the repository.');

const nothing = (): void => undefined;

function newHome(): string {
  const { folder, remove } = scratchFolder();
  onTestFinished(remove);
  return folder;
}

it.skipIf(!isRepository)(
  'compares each named tensor of a tiny training with that of a revision, also killed',
  async () => {
    const home = newHome();
    const told: unknown[] = [];
    const output = { line: nothing, note: nothing, json: (value: unknown) => void told.push(value) };
    const options = ['--before', 'HEAD', '--quick'];
    expect(await unchangedBench({ json: true, options, home, output })).toBe(0);
    const { tensors, equal, difference } = told[0] as UnchangedResult;
    expect({ equal: equal.length, difference }).toEqual({ equal: 2, difference: null });
    // 113 parameters: kernels and vectors with their momentum and average, statistics alone.
    expect(tensors).toBe(339);
    expect(git('worktree', 'list').stdout).not.toContain(home);
    expect(readdirSync(join(home, 'scratch'))).toEqual([]);
  },
);

it.skipIf(!isRepository)('says which revision is not there', async () => {
  const output = { line: nothing, note: nothing, json: nothing };
  const asked = unchangedBench({ json: true, options: ['--before', 'no-such'], home: newHome(), output });
  await expect(asked).rejects.toThrow('There is no revision no-such here');
});

function tensor(name: string, ...values: number[]): NamedTensor {
  return { name, shape: [values.length], bytes: new Uint8Array(Float32Array.from(values).buffer) };
}

it('names the first tensor and the first element with another bit', () => {
  const before = [tensor('kernels/a', 1, 2), tensor('vectors/b', 0, 3)];
  expect(differingTensor(before, before.toReversed())).toBeNull();
  const other = [tensor('kernels/a', 1, 2), tensor('vectors/b', -0, 3)];
  expect(differingTensor(before, other)).toBe('the tensor vectors/b differs at element 0: -0 instead of 0');
  expect(differingTensor(before, [tensor('kernels/a', 1, 2.5)])).toBe(
    'the tensor kernels/a differs at element 1: 2.5 instead of 2',
  );
  expect(differingTensor(before, before.slice(1))).toBe('the tensor kernels/a is missing');
  expect(differingTensor(before.slice(1), before)).toBe('the tensor kernels/a is new');
  expect(differingTensor(before, [tensor('kernels/a', 1, 2, 3)])).toBe('the tensor kernels/a is [3] instead of [2]');
});

it('names the first trial that ended otherwise, and in what', () => {
  const end = (trial: number, reward: number): TrialEnd => {
    return { trial, state: 'completed', hash: 'a', seed: 1, reward, weightsHash: 'b', curve: [{ validationLoss: 2 }] };
  };
  const before = [end(1, 0.4), end(2, 0.5)];
  expect(differingTrial(before, [end(1, 0.4), end(2, 0.5)])).toBeNull();
  expect(differingTrial(before, [end(1, 0.4), end(2, 0.6)])).toBe('trial 2 differs in its reward: 0.6 instead of 0.5');
  expect(differingTrial(before, before.slice(0, 1))).toContain('trial 2 differs in its trial');
});
