import path from 'node:path';
import { findCircle } from './find-circle.ts';
import { type FileFacts, readFile } from './read-imports.ts';
import { GROUPS, type Room, readRoomsTable } from './rooms-table.ts';

export interface House {
  /** Every file by its path from the project's folder on. What is below `src/` is read, the others are only there. */
  readonly files: ReadonlyMap<string, string>;
  /** The text of ARCHITECTURE.md. */
  readonly architecture: string;
  /** The packages that package.json names. */
  readonly packages: ReadonlySet<string>;
  /** Rooms that the table names before they are built. */
  readonly coming: readonly string[];
}

const CODE = /\.(ts|tsx|mjs|js|css)$/;

/** What breaks the laws of the map, a sentence each; empty in good order. */
export function roomFaults(house: House): string[] {
  const rooms = readRoomsTable(house.architecture);
  const facts = new Map(
    [...house.files]
      .filter(([file]) => file.startsWith('src/') && CODE.test(file))
      .map(([file, text]) => [file, readFile(file, text)]),
  );
  const roomOf = (file: string): Room | undefined =>
    rooms.find((room) => file === room.path || file.startsWith(`${room.path}/`));
  return [
    ...tableFaults(house, rooms),
    ...[...new Set([...facts.keys()].filter((file) => roomOf(file) === undefined).map(roomPath))].map(
      (missing) => `${missing} has no row in the rooms' table of ARCHITECTURE.md.`,
    ),
    ...[...facts].flatMap(([file, { imports }]) => {
      const room = roomOf(file);
      return imports
        .filter(({ to, isPackage }) => room && !mayImport(room, file, to, isPackage ? undefined : roomOf(to)))
        .map(({ to }) => `${file} imports ${to}, which the rooms' table does not allow to ${room?.name}.`);
    }),
    ...circleFaults(facts, roomOf),
    ...[...facts].flatMap(([file, { hashMembers }]) =>
      hashMembers.map((name) => `${file}: ${name} is private by a #; we write the keyword \`private\`.`),
    ),
  ];
}

/** The folder below src/main, src/renderer or src/shared that a file lies in, or the file itself where it lies loose. */
const roomPath = (file: string): string => file.split('/').slice(0, 3).join('/');

function tableFaults({ files, packages, coming }: House, rooms: readonly Room[]): string[] {
  const paths = [...files.keys()];
  const isThere = (room: Room) => paths.some((file) => file === room.path || file.startsWith(`${room.path}/`));
  const known = new Set([...rooms.map(({ name }) => name), ...Object.keys(GROUPS), ...packages]);
  const unknown = rooms.flatMap((room) =>
    room.mayImport
      .filter(({ name }) => !known.has(name))
      .map(({ name }) => `The rooms' table lets ${room.name} import ${name}, which is no room and no package.`),
  );
  return [
    ...rooms
      .filter((room) => !isThere(room) && !coming.includes(room.name))
      .map((room) => `The rooms' table has a row for ${room.path}, which is not there.`),
    ...coming
      .filter((name) => !rooms.some((room) => room.name === name && !isThere(room)))
      .map((name) => `${name} is listed as coming, and it is there or has no row.`),
    ...unknown,
  ];
}

function mayImport(room: Room, file: string, to: string, target: Room | undefined): boolean {
  if (room === target) return true;
  return room.mayImport.some(({ name, files }) => {
    if (files !== null && !files.includes(path.posix.basename(file))) return false;
    const group = GROUPS[name];
    if (group !== undefined) return to.startsWith(group) && (target !== undefined || group === '');
    return name === (target?.name ?? to);
  });
}

/** Types count as well, for rooms and for files: what needs another's types is not understood without it. */
function circleFaults(facts: ReadonlyMap<string, FileFacts>, roomOf: (file: string) => Room | undefined): string[] {
  const files = new Map<string, Set<string>>();
  const rooms = new Map<string, Set<string>>();
  for (const [file, { imports }] of facts) {
    for (const { to, isPackage } of imports) {
      if (isPackage) continue;
      add(files, file, to);
      const [from, target] = [roomOf(file)?.path, roomOf(to)?.path];
      if (from !== undefined && target !== undefined && from !== target) add(rooms, from, target);
    }
  }
  return [['Rooms', findCircle(rooms)] as const, ['Files', findCircle(files)] as const].flatMap(([what, circle]) =>
    circle === null ? [] : [`${what} import each other: ${circle.join(' → ')}.`],
  );
}

function add(graph: Map<string, Set<string>>, from: string, to: string): void {
  const known = graph.get(from);
  if (known) known.add(to);
  else graph.set(from, new Set([to]));
}
