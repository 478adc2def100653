import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LeaderboardRow } from '../../src/main/terminal/leaderboard-view.ts';
import { type Ended, startTerminal } from './terminal-process.ts';

// The terminal as a person meets it: real processes, their exit codes and what they print.

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cellwright-terminal-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function cellwright(...args: string[]): Promise<Ended> {
  return startTerminal(args, { cwd: folder }).ended;
}

describe('describe', () => {
  // Counts of the released networks, see paper-facts: TF-slim's own variables, and the paper's tables in their digits.
  const mobile = ['--stem', 'imagenet', '--normal-repeats', '4', '--filters', '44', '--image-size', '224'];
  const large = ['--stem', 'imagenet', '--normal-repeats', '6', '--filters', '168', '--image-size', '331'];
  const cifar = [
    '--stem',
    'cifar',
    '--normal-repeats',
    '6',
    '--filters',
    '32',
    '--image-size',
    '32',
    '--classes',
    '10',
  ];

  it.each([
    ['CIFAR 6 @ 768', cifar, 3_346_538, 3_383_786, 544_333_312],
    ['mobile 4 @ 1056', [...mobile, '--classes', '1000'], 5_289_978, 5_326_716, 563_638_816],
    [
      'large 6 @ 4032',
      [...large, '--classes', '1000', '--skip-reduction-input'],
      88_753_150,
      88_949_818,
      23_783_414_658,
    ],
  ])('counts %s to the digit', async (_, scale, trainableParameters, totalParameters, multiplyAdds) => {
    const ended = await cellwright('describe', '--cell', 'nasnet-a', ...scale, '--json');
    expect(ended.code).toBe(0);
    expect(ended.err).toBe('');
    expect(JSON.parse(ended.out)).toMatchObject({ trainableParameters, totalParameters, multiplyAdds });
  });

  it('counts the auxiliary head when it is asked for', async () => {
    const ended = await cellwright('describe', '--cell', 'nasnet-a', ...cifar, '--auxiliary', '--json');
    expect(JSON.parse(ended.out)).toMatchObject({ trainableParameters: 4_978_036 });
  });

  it('names the endpoints of the released code in order, with their shapes', async () => {
    const { out } = await cellwright('describe', '--cell', 'nasnet-a', ...cifar, '--json');
    const { endpoints } = JSON.parse(out) as { endpoints: { name: string; shape: number[] }[] };
    const shapes = Object.fromEntries(endpoints.map(({ name, shape }) => [name, shape]));
    expect(shapes).toMatchObject({
      Cell_0: [32, 32, 192],
      Cell_5: [32, 32, 192],
      Reduction_Cell_0: [16, 16, 256],
      Cell_6: [16, 16, 384],
      Reduction_Cell_1: [8, 8, 512],
      Cell_17: [8, 8, 768],
      global_pool: [768],
    });
  });

  it('reads a cell from a file and shows a table for people', async () => {
    const operand = { input: 0, operation: 'sep_conv_3x3' };
    const cell = { blocks: [{ left: operand, right: { ...operand, input: 1 }, combine: 'add' }], outputs: [2] };
    writeFileSync(join(folder, 'own.json'), JSON.stringify({ normal: cell, reduction: cell }));
    const ended = await cellwright('describe', '--cell', 'own.json', '--classes', '7');
    expect(ended.code).toBe(0);
    expect(ended.out).toMatch(/^trainable parameters +[\d,]+$/m);
    expect(ended.out).toMatch(/^head +7 /m);
    // Neither colours nor cut lines where nobody reads them on a terminal.
    expect(ended.out).not.toContain('\u001b');
    expect(ended.out).not.toContain('…');
  });
});

describe('what cannot be asked', () => {
  it('ends the process with exit code 2, nothing on stdout and one sentence on stderr', async () => {
    const ended = await cellwright('serch', '--trials', '3');
    expect(ended).toEqual({
      code: 2,
      out: '',
      err: expect.stringMatching(/^Unknown command 'serch'.*search[^\n]*\n$/),
    });
  });

  it('is a cell file that would write to the terminal, and it does not', async () => {
    writeFileSync(join(folder, 'own-bad.json'), '{"\u001b[31m": 1}');
    const ended = await cellwright('describe', '--cell', 'own-bad.json');
    expect(ended).toEqual({ code: 2, out: '', err: expect.stringMatching(/^own-bad\.json: .+\n$/) });
    expect(ended.err).not.toContain('\u001b');
  });
});

describe('a real search', () => {
  it('trains children on CIFAR-10, and describe gives their parameters and multiply-adds', async () => {
    const small = ['space.blocks=2', 'scale.filters=4', 'recipe.epochs=1', 'subset.training.most=320'];
    const set = [...small, 'subset.validation.most=100'].flatMap((value) => ['--set', value]);
    const ended = await cellwright('search', '--trials', '2', '--seed', '5', '--project', 'real', ...set, '--json');
    expect(ended.code, ended.err).toBe(0);
    const { leaderboard } = JSON.parse(ended.out) as { leaderboard: LeaderboardRow[] };
    expect(leaderboard).toHaveLength(2);
    for (const row of leaderboard) {
      expect(row).toMatchObject({ state: 'completed' });
      expect(row.reward).toBeGreaterThan(0);
      writeFileSync(join(folder, 'found.json'), JSON.stringify(row.architecture));
      const scale = ['--normal-repeats', '1', '--filters', '4'];
      const described = await cellwright('describe', '--cell', 'found.json', ...scale, '--json');
      const { trainableParameters, multiplyAdds } = JSON.parse(described.out) as Record<string, number>;
      expect([trainableParameters, multiplyAdds]).toEqual([row.parameters, row.multiplyAdds]);
    }
  });
});
