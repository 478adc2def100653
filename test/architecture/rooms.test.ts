import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type House, roomFaults } from './room-faults.ts';

const ROOT = path.join(import.meta.dirname, '../..');
/** Named in the table of ARCHITECTURE.md before they are built; a room that is there must leave this list. */
const COMING: readonly string[] = [];

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

function filesBelow(folder: string): string[] {
  const entries = readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
}

const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
const HOUSE: House = {
  files: new Map([
    ...filesBelow('src').map((file) => [file, read(file)] as const),
    ...[...filesBelow('resources'), ...filesBelow('test')].map((file) => [file, ''] as const),
  ]),
  architecture: read('ARCHITECTURE.md'),
  packages: new Set([...Object.keys(dependencies!), ...Object.keys(devDependencies!)]),
  coming: COMING,
};

/** The house with files added or replaced; null takes one away. */
function withFiles(changes: Readonly<Record<string, string | null>>): House {
  const files = new Map(HOUSE.files);
  for (const [file, text] of Object.entries(changes)) {
    if (text === null) files.delete(file);
    else files.set(file, text);
  }
  return { ...HOUSE, files };
}

/** The house with one line more in its rooms' table. */
function withRow(row: string, coming: readonly string[] = COMING): House {
  const architecture = HOUSE.architecture.replace(/^(\| `src\/main\/fetch`.*)$/m, `$1\n${row}`);
  return { ...HOUSE, architecture, coming };
}

describe('the map of the house', () => {
  it('is kept: every import is one that the table of ARCHITECTURE.md allows, and nothing goes round', () => {
    expect(roomFaults(HOUSE)).toEqual([]);
  });

  it('is read from the table, as people read it', () => {
    const refused = {
      ...HOUSE,
      architecture: HOUSE.architecture.replace(
        'fetch, flush-to-disk, shared, sharp, zod',
        'fetch, flush-to-disk, shared, zod',
      ),
    };
    expect(roomFaults(refused)).toEqual([
      "src/main/datasets/convert-cifar10.ts imports sharp, which the rooms' table does not allow to datasets.",
    ]);
    expect(() => roomFaults({ ...HOUSE, architecture: '# Architecture' })).toThrow('no table');
  });
});

describe('a breach that is planted is told', () => {
  const planted = 'src/main/tensor/planted.ts';
  const refusal = (file: string, to: string, room: string): string =>
    `${file} imports ${to}, which the rooms' table does not allow to ${room}.`;

  it.each([
    ['of a value', "import { openStore } from '../store/store.ts';"],
    ['of a type', "import type { Store } from '../store/store.ts';"],
    ['that is handed on', "export { openStore } from '../store/store.ts';"],
    ['of all, handed on', "export * from '../store/store.ts';"],
    ['that comes late', "export const load = () => import('../store/store.ts');"],
    ['within a type', "export type Store = import('../store/store.ts').Store;"],
    ['of a file that is run', "export const program = new URL('../store/store.ts', import.meta.url);"],
  ])('an import %s', (_what, text) => {
    expect(roomFaults(withFiles({ [planted]: text }))).toEqual([refusal(planted, 'src/main/store/store.ts', 'tensor')]);
  });

  it.each([
    [
      'from one process into another',
      'src/shared/records/planted.ts',
      '../../main/log.ts',
      'src/main/log.ts',
      'records',
    ],
    ['of a test', 'src/main/fetch/planted.ts', '../../../test/planted.ts', 'test/planted.ts', 'fetch'],
    ['of a room without a row', 'src/main/fetch/planted.ts', '../attic/x.ts', 'src/main/attic/x.ts', 'fetch'],
    ['of a package', 'src/renderer/views/planted.tsx', 'cytoscape', 'cytoscape', 'views'],
    ["of a package's part", 'src/main/fetch/planted.ts', '@base-ui/react/menu', '@base-ui/react', 'fetch'],
    ['in a comment of plain JavaScript', 'src/main/fetch/planted.mjs', '../log.ts', 'src/main/log.ts', 'fetch'],
  ])('an import %s', (_what, file, specifier, to, room) => {
    const text = file.endsWith('.mjs')
      ? `/** @param {import('${specifier}').Tell} tell */\nexport const say = (tell) => tell;`
      : `import '${specifier}';`;
    expect(roomFaults(withFiles({ [file]: text }))).toEqual([refusal(file, to, room)]);
  });

  it('an import that only another file of the room may have', () => {
    const file = 'src/main/hosts/planted.ts';
    const text = "import '../training/train-child.ts';";
    expect(roomFaults(withFiles({ [file]: text }))).toEqual([
      refusal(file, 'src/main/training/train-child.ts', 'hosts'),
    ]);
  });

  it('a room without a row, and a loose file without one', () => {
    const house = withFiles({ 'src/main/attic/x.ts': 'export {};', 'src/renderer/loose.tsx': 'export {};' });
    expect(roomFaults(house)).toEqual([
      "src/main/attic has no row in the rooms' table of ARCHITECTURE.md.",
      "src/renderer/loose.tsx has no row in the rooms' table of ARCHITECTURE.md.",
    ]);
  });

  it('a row without a room, a row that allows what is not there, and a room that came', () => {
    const row = '| `src/main/attic` | what nobody wants | shared, cellar |';
    const notThere = "The rooms' table has a row for src/main/attic, which is not there.";
    const unknown = "The rooms' table lets attic import cellar, which is no room and no package.";
    expect(roomFaults(withRow(row))).toEqual([notThere, unknown]);
    expect(roomFaults(withRow(row, [...COMING, 'attic']))).toEqual([unknown]);
    expect(roomFaults({ ...HOUSE, coming: [...COMING, 'fetch', 'attic'] })).toEqual([
      'fetch is listed as coming, and it is there or has no row.',
      'attic is listed as coming, and it is there or has no row.',
    ]);
  });

  it('rooms that import each other, although the table allows it', () => {
    const house = withFiles({ 'src/main/headless.ts': "import './bench/statistics.ts';" });
    expect(roomFaults(house)).toEqual([
      'Rooms import each other: src/main/bench → src/main/headless.ts → src/main/bench.',
    ]);
  });

  it('files that import each other, also for a type alone', () => {
    const house = withFiles({
      'src/main/fetch/one.ts': "export { two } from './two.ts';",
      'src/main/fetch/two.ts': "export const two = 2;\nexport type One = typeof import('./one.ts');",
    });
    expect(roomFaults(house)).toEqual([
      'Files import each other: src/main/fetch/one.ts → src/main/fetch/two.ts → src/main/fetch/one.ts.',
    ]);
  });

  it('a member that is private by another way than the keyword', () => {
    const text = 'export class Counter {\n  #count = 0;\n  next = () => ++this.#count;\n}';
    expect(roomFaults(withFiles({ [planted]: text }))).toEqual([
      `${planted}: #count is private by a #; we write the keyword \`private\`.`,
    ]);
  });
});
