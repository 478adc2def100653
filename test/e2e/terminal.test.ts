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

/** One sentence for people: a line that ends like one, and no trace of the code. */
function expectOneSentence({ out, err }: Ended): void {
  expect(out).toBe('');
  expect(err).toMatch(/^[^\n]+[.?)]\n$/);
  expect(err).not.toMatch(/\bat .*:\d+|Error:|node_modules|src\//);
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
  const tooFar = {
    normal: {
      blocks: [
        { left: { input: 2, operation: 'identity' }, right: { input: 0, operation: 'identity' }, combine: 'add' },
      ],
      outputs: [2],
    },
  };

  it.each([
    ['an unknown command', ['serch'], /unknown command 'serch'.*search/i],
    ['an unknown option', ['describe', '--cel', 'nasnet-a'], /unknown option '--cel'.*--cell/i],
    ['an unknown subcommand', ['datasets', 'ad', 'cifar10'], /datasets ad.*add/],
    ['an unknown data set', ['datasets', 'add', 'cifar11'], /cifar11.*cifar10/],
    ['an unknown preset', ['search', '--preset', 'quikc'], /quikc.*quick/],
    ['an unknown strategy', ['search', '--strategy', 'greedy'], /greedy.*ppo, random, evolution/],
    ['a seed of 0', ['search', '--seed', '0'], /--seed.*from 1/],
    ['a hyper-parameter that is none', ['search', '--set', 'training.epoch=2'], /training\.epoch\b.*training\.epochs/],
    ['a value out of bounds', ['search', '--set', 'training.epochs=0'], /training\.epochs 0.*at least 1/],
    ['a value of another kind', ['search', '--set', 'training.epochs=many'], /training\.epochs "many".*number/],
    ['a time without a unit', ['search', '--time-limit', '5'], /--time-limit.*90s/],
    [
      'a class count that does not fit',
      ['describe', '--cell', 'nasnet-a', '--classes', '1'],
      /--classes 1 .*2 or more/,
    ],
    ['filters that are no number', ['describe', '--cell', 'nasnet-a', '--filters', '1e3'], /--filters.*1e3/],
    ['a cell that is neither published nor a file', ['describe', '--cell', 'nasnet-b'], /nasnet-b.*nasnet-a/],
    ['no cell', ['describe'], /--cell/],
    ['an unknown bench', ['bench', 'nothing'], /nothing/],
    ['a project without a name', ['leaderboard', '--project', ''], /--project.*folder/],
    ['a search without a name', ['search', '--name', ' '], /--name.*empty/],
    ['a project that is not there', ['leaderboard', '--project', 'nowhere'], /nowhere.*search/],
  ])('refuses %s in one sentence with exit code 2', async (_, args, sentence) => {
    const ended = await cellwright(...args);
    expect(ended.code).toBe(2);
    expect(ended.err).toMatch(sentence);
    expectOneSentence(ended);
  });

  it.each([
    ['is no JSON', '{"normal": ', /JSON/],
    ['reads a state that does not exist yet', JSON.stringify(tooFar), /Normal cell, block 1, left.*not 2/],
    ['is a list', '[]', /own-bad\.json/],
    ['is empty', '', /JSON/],
    ['would write to the terminal', '{"\u001b[31m": 1}', /own-bad\.json/],
  ])('refuses a cell file that %s', async (_, text, sentence) => {
    writeFileSync(join(folder, 'own-bad.json'), text);
    const ended = await cellwright('describe', '--cell', 'own-bad.json');
    expect(ended.code).toBe(2);
    expect(ended.err).toMatch(sentence);
    expect(ended.err).not.toContain('\u001b');
    expectOneSentence(ended);
  });

  it('says what there is when nothing is asked, with exit code 2', async () => {
    const ended = await cellwright();
    expect(ended.code).toBe(2);
    expect(ended.err).toContain('leaderboard');
  });
});

describe('help', () => {
  it('is there for every command, on stdout with exit code 0, and mentions --json', async () => {
    const { out } = await cellwright('--help');
    const names = [...out.matchAll(/^ {2}([a-z]+) {2,}/gm)].map((match) => match[1]!).filter((name) => name !== 'help');
    expect(names).toEqual(expect.arrayContaining(['setup', 'doctor', 'datasets', 'search', 'resume', 'bench', 'demo']));
    for (const name of names) {
      const help = await cellwright(name, '--help');
      expect(help.code, name).toBe(0);
      expect(help.err, name).toBe('');
      expect(help.out, name).toContain('--json');
    }
  });
});

describe('a real search', () => {
  it('trains children on CIFAR-10, and describe gives their parameters and multiply-adds', async () => {
    const small = ['space.blocks=2', 'scale.filters=4', 'training.epochs=1', 'training.trainingImages=320'];
    const set = [...small, 'training.validationImages=100'].flatMap((value) => ['--set', value]);
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
