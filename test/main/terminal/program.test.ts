import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/main/terminal/commands.ts';
import { leafPaths } from '../../../src/main/terminal/overrides.ts';
import { runProgram } from '../../../src/main/terminal/program.ts';
import { experimentFromPreset, PRESET_NAMES } from '../../../src/shared/presets.ts';
import type { StrategyKind } from '../../../src/shared/records/strategy.ts';

// The whole program inside this process; test/e2e/terminal.test.ts starts it as a process of its own.

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cellwright-program-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function cellwright(...args: string[]): Promise<Ended> {
  let out = '';
  let err = '';
  const collect = (add: (text: string) => void) => ({ write: (text: string) => add(text) });
  const code = await runProgram(args, {
    out: collect((text) => {
      out += text;
    }),
    err: collect((text) => {
      err += text;
    }),
    environment: {},
    version: '1.2.3',
    packageFolder: resolve(import.meta.dirname, '../../..'),
    home: join(folder, 'home'),
    currentFolder: folder,
    loadQueue: () => Promise.reject(new Error('nothing here trains')),
  });
  return { code, out, err };
}

/** One sentence for people: a line that ends like one, and no trace of the code. */
function expectOneSentence({ out, err }: Ended): void {
  expect(out).toBe('');
  expect(err).toMatch(/^[^\n]+[.?)]\n$/);
  expect(err).not.toMatch(/\bat .*:\d+|Error:|node_modules|src\//);
}

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
    ['a hyper-parameter that is none', ['search', '--set', 'recipe.epoch=2'], /recipe\.epoch\b.*recipe\.epochs/],
    ['an older name that is none', ['search', '--set', 'training.epoch=2'], /recipe\.epoch\b.*recipe\.epochs/],
    ['a value out of bounds', ['search', '--set', 'recipe.epochs=0'], /recipe\.epochs 0.*at least 1/],
    ['a value of another kind', ['search', '--set', 'recipe.epochs=many'], /recipe\.epochs "many".*number/],
    ['a run of a trial that is none', ['show', '17.0'], /17\.0.*17\.2/],
    ['a time without a unit', ['search', '--time-limit', '5'], /--time-limit.*90s/],
    [
      'a class count that does not fit',
      ['describe', '--cell', 'nasnet-a', '--classes', '1'],
      /--classes 1 .*2 or more/,
    ],
    [
      'images that are too small',
      ['describe', '--cell', 'nasnet-a', '--image-size', '4'],
      /--image-size.* 4 .*8 or more/,
    ],
    [
      'an image size of three sides',
      ['describe', '--cell', 'nasnet-a', '--image-size', '4x5x3'],
      /--image-size.*4x5x3.*height x width/,
    ],
    ['two channels', ['describe', '--cell', 'nasnet-a', '--channels', '2'], /--channels 2 .*1 or 3/],
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

describe('describe', () => {
  const described = async (...args: string[]) => {
    const { code, out } = await cellwright('describe', '--cell', 'nasnet-a', ...args, '--json');
    expect(code).toBe(0);
    return JSON.parse(out) as { trainableParameters: number; notes: string[]; endpoints: { shape: number[] }[] };
  };

  it('takes height and width, and channels', async () => {
    const { endpoints, trainableParameters } = await described('--image-size', '48x64', '--channels', '1');
    expect(endpoints[0]?.shape).toEqual([48, 64, 96]);
    const square = await described('--image-size', '48');
    expect(square.endpoints[0]?.shape).toEqual([48, 48, 96]);
    expect(square.trainableParameters - trainableParameters).toBe(2 * 9 * 96);
  });

  it('says what the size means for the network', async () => {
    expect((await described('--image-size', '8', '--auxiliary')).notes).toEqual([
      'The auxiliary classifier is left out: its pool needs 5 x 5, and at this size there are 4 x 4.',
    ]);
    expect((await described('--image-size', '96x128')).notes[0]).toMatch(/96 x 128 down to 12 x 16/);
    expect((await described('--image-size', '96x128', '--stem', 'cifar')).notes).toEqual([]);
    const { out } = await cellwright('describe', '--cell', 'nasnet-a', '--image-size', '8x32', '--auxiliary');
    expect(out).toContain('an image of 8 x 32\n');
    expect(out).toContain('there are 4 x 16.\n');
  });
});

describe('help', () => {
  it('is there for every command, on stdout with exit code 0, and mentions --json', async () => {
    const whole = await cellwright('--help');
    for (const { name } of COMMANDS) {
      expect(whole.out).toContain(`\n  ${name} `);
      const help = await cellwright(name, '--help');
      expect(help, name).toMatchObject({ code: 0, err: '', out: expect.stringContaining('--json') });
      expect(await cellwright('help', name)).toEqual(help);
    }
  });

  it('names every command that was promised', () => {
    const promised = ['setup', 'doctor', 'datasets', 'search', 'resume', 'experiments', 'leaderboard', 'show'];
    const names = COMMANDS.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...promised, 'describe', 'bench', 'presets', 'demo']));
  });

  it('prints the version', async () => {
    expect(await cellwright('--version')).toEqual({ code: 0, out: '1.2.3\n', err: '' });
  });
});

describe('presets', () => {
  it.each(['ppo', 'random', 'evolution'])(
    'tells meaning and source of every value that a %s search has',
    async (kind) => {
      for (const name of PRESET_NAMES) {
        const { out } = await cellwright('presets', name, '--strategy', kind, '--json');
        const { values } = JSON.parse(out) as { values: { path: string; meaning: string; source: string }[] };
        const paths = leafPaths(experimentFromPreset(name, { dataset: 'cifar10', strategy: kind as StrategyKind }));
        const own = ['name', 'dataset', 'preset'];
        expect(values.map(({ path }) => path).toSorted()).toEqual(
          paths.filter((path) => !own.includes(path)).toSorted(),
        );
        for (const { meaning, source } of values) expect(Math.min(meaning.length, source.length)).toBeGreaterThan(2);
      }
    },
  );

  it('are listed with what they are for', async () => {
    const { out } = await cellwright('presets');
    for (const name of PRESET_NAMES) expect(out).toMatch(new RegExp(`^${name} +\\w`, 'm'));
  });
});
