import path from 'node:path';

/** A line of the table of rooms in ARCHITECTURE.md. */
export interface Room {
  /** A folder, or a file that is a room of its own; from the project's folder on. */
  readonly path: string;
  /** What other rows call it: the last part of its path, without an ending. */
  readonly name: string;
  readonly mayImport: readonly Allowance[];
}

export interface Allowance {
  /** A room, a package, or one of the `GROUPS`. */
  readonly name: string;
  /** The only files that may, by their names; null where every file of the room may. */
  readonly files: readonly string[] | null;
}

/** Words for many rooms at once, each with where their paths begin. */
export const GROUPS: Readonly<Record<string, string>> = {
  shared: 'src/shared/',
  'all of main': 'src/main/',
  'all of renderer': 'src/renderer/',
  anything: '',
};

const HEAD = /^\| *room *\| *what lives here *\| *may import *\|$/;

/** The rooms' table of a text in Markdown. Throws when there is none, or when two rooms have the same name. */
export function readRoomsTable(markdown: string): Room[] {
  const lines = markdown.split('\n');
  const head = lines.findIndex((line) => HEAD.test(line));
  if (head < 0) throw new Error('ARCHITECTURE.md has no table with the columns room, what lives here, may import.');
  const end = lines.findIndex((line, index) => index > head && !line.startsWith('|'));
  const rooms = lines.slice(head + 2, end < 0 ? lines.length : end).flatMap(readRow);
  const names = rooms.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`The rooms' table of ARCHITECTURE.md has two rooms named ${twice}.`);
  return rooms;
}

/** Paths after the first one of a row begin where the first one begins. */
function readRow(line: string): Room[] {
  const [where = '', , mayImport = ''] = line.split('|').slice(1, -1);
  const [first = '', ...others] = [...where.matchAll(/`([^`]+)`/g)].map(([, found]) => found!.replace(/\/$/, ''));
  const folder = path.posix.dirname(first);
  const allowances = readAllowances(mayImport);
  return [first, ...others.map((other) => path.posix.join(folder, other))].map((each) => ({
    path: each,
    name: path.posix.basename(each).replace(/(\.d)?\.\w+$/, ''),
    mayImport: allowances,
  }));
}

/** `store, training (training-thread.ts), zod`: names, and in brackets the only files that may. */
function readAllowances(cell: string): Allowance[] {
  return [...cell.matchAll(/([^,()]+)(?:\(([^)]*)\))?/g)]
    .map(([, name, files]) => ({
      name: name!.trim(),
      files: files?.split(',').map((file) => file.trim()) ?? null,
    }))
    .filter(({ name }) => name !== '');
}
