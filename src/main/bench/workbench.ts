import { type ChildProcess, fork } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { makeFolders } from '../make-folders.ts';
import { buildPage } from '../server/page-build.ts';
import type { Bench, BenchOutput } from './bench.ts';
import { seedProject } from './seeded-project.ts';
import { median } from './statistics.ts';
import { type BrowserFigures, measureBrowser, quantile } from './workbench-browser.ts';
import type { ServerAnswer, ServerRequest } from './workbench-server.ts';

const PROGRAM = fileURLToPath(new URL('./workbench-server.ts', import.meta.url));
const PORT = 17_717;
const SEED = 1;
/** The largest cells that are drawn by default (design). */
const BLOCKS = 8;
/** Memory is compared from here on: what is loaded once has been loaded. Part of the minutes, 2 of 10. */
const SETTLED_PART = 0.2;

/** What is printed with `--json`. */
export interface WorkbenchFigures {
  readonly deepLinkMs: number;
  readonly interactionP95Ms: number;
  readonly procedureP95Ms: number;
  readonly longestFrameMs: number;
  readonly keyP95Ms: number;
  readonly heapBytes: number;
  readonly serverGrowthBytes: number;
}

/** Largest values that pass. */
const BARS: WorkbenchFigures = {
  deepLinkMs: 1000,
  interactionP95Ms: 100,
  procedureP95Ms: 30,
  longestFrameMs: 50,
  keyP95Ms: 50,
  heapBytes: 100_000_000,
  serverGrowthBytes: 20_000_000,
};

const WORDS: Readonly<Record<keyof WorkbenchFigures, string>> = {
  deepLinkMs: 'deep link to painted rows, median of 5',
  interactionP95Ms: 'input to painted rows, 95 of 100',
  procedureP95Ms: 'procedure, 95 of 100',
  longestFrameMs: 'longest gap between frames of a scroll',
  keyP95Ms: 'key to paint while typing, 95 of 100',
  heapBytes: "the page's heap",
  serverGrowthBytes: "growth of the server's memory",
};

/** The window over a project of 20,000 trials while a search writes 50 events a second. */
export const workbenchBench: Bench = async ({ json, options, home, output }) => {
  const settings = readOptions(options);
  const figures = await measureWorkbench(settings, home, output);
  if (json) output.json(figures);
  else tellFigures(figures, output);
  return 0;
};

interface Settings {
  readonly trials: number;
  readonly epochs: number;
  /** How long the second search runs at least. */
  readonly minutes: number;
  /** Of typing. */
  readonly seconds: number;
}

function readOptions(options: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...options],
    options: {
      trials: { type: 'string', default: '20000' },
      epochs: { type: 'string', default: '20' },
      minutes: { type: 'string', default: '10' },
      seconds: { type: 'string', default: '60' },
    },
  });
  const positive = (name: keyof typeof values): number => {
    const value = Number(values[name]);
    if (value > 0 && Number.isFinite(value)) return value;
    throw new WorkbenchError('invalid_input', `--${name} takes a number above 0, not ${values[name]}.`);
  };
  return {
    trials: positive('trials'),
    epochs: positive('epochs'),
    minutes: positive('minutes'),
    seconds: positive('seconds'),
  };
}

async function measureWorkbench(settings: Settings, home: string, output: BenchOutput): Promise<WorkbenchFigures> {
  const note = (text: string): void => output.note(text);
  const pageFolder = await buildPage(note);
  const seeded = await seededFolder(settings, home, note);
  const folder = mkdtempSync(join(tmpdir(), 'cellwright-bench-'));
  let server: ServerProcess | undefined;
  try {
    const project = join(folder, 'project');
    cpSync(seeded, project, { recursive: true });
    server = await ServerProcess.start([project, join(folder, 'home'), pageFolder, String(PORT)]);
    return await measureServed(server, home, settings, note);
  } finally {
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureServed(
  server: ServerProcess,
  home: string,
  settings: Settings,
  note: (text: string) => void,
): Promise<WorkbenchFigures> {
  const { minutes, seconds } = settings;
  await server.ask('search');
  const begun = performance.now();
  const eventsAtStart = (await server.ask('events')).count;
  const wait = async (part: number): Promise<void> => {
    const left = begun + part * minutes * 60_000 - performance.now();
    if (left > 0) note(`Waiting for ${Math.ceil(left / 1000)} s.`);
    await sleep(Math.max(0, left));
  };
  let settled = 0;
  const measureMemory = async (): Promise<void> => {
    await wait(SETTLED_PART);
    settled = (await server.ask('memory')).bytes;
  };
  const figures = await measureBrowser({ ...server.open, home, seconds, note, afterDeepLinks: measureMemory });
  await wait(1);
  const serverGrowthBytes = (await server.ask('memory')).bytes - settled;
  const events = (await server.ask('events')).count - eventsAtStart;
  note(`${((events / (performance.now() - begun)) * 1000).toFixed(0)} events a second`);
  // Last, since asking in the process of the server itself leaves it garbage that no page and no script would.
  const { times } = await server.ask('procedures');
  for (const { procedure, about, p95Ms } of times.kinds.slice(0, 5)) {
    note(`${procedure} ${about}: ${p95Ms.toFixed(1)} ms`);
  }
  return { ...summarise(figures), procedureP95Ms: round(times.p95Ms), serverGrowthBytes };
}

function summarise(figures: BrowserFigures): Omit<WorkbenchFigures, 'procedureP95Ms' | 'serverGrowthBytes'> {
  return {
    deepLinkMs: round(median(figures.deepLinkMs)),
    interactionP95Ms: round(quantile(figures.inputMs, 0.95)),
    longestFrameMs: round(Math.max(...figures.frameMs)),
    keyP95Ms: round(quantile(figures.keyMs, 0.95)),
    heapBytes: figures.heapBytes,
  };
}

const round = (ms: number): number => Math.round(ms * 10) / 10;

/** A project as a search of so many trials left it; kept, since writing it takes a minute. */
async function seededFolder({ trials, epochs }: Settings, home: string, note: (text: string) => void): Promise<string> {
  const folder = join(home, 'bench', `workbench-${trials}x${epochs}x${BLOCKS}-${SEED}`);
  if (existsSync(folder)) return folder;
  note(`Writing a project of ${trials.toLocaleString('en')} trials once.`);
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  makeFolders(unfinished);
  await seedProject(unfinished, { trials, epochs, seed: SEED, blocks: BLOCKS });
  renameSync(unfinished, folder);
  return folder;
}

type Answer<K extends ServerRequest['kind']> = Extract<ServerAnswer, { kind: K }>;

/** The served workbench as a process of its own, as `npm start` has it. */
class ServerProcess {
  readonly open: Extract<ServerAnswer, { kind: 'open' }>;
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, open: Extract<ServerAnswer, { kind: 'open' }>) {
    this.child = child;
    this.open = open;
  }

  static async start(args: readonly string[]): Promise<ServerProcess> {
    const child = fork(PROGRAM, [...args], {
      execArgv: [...process.execArgv, '--expose-gc'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    return new ServerProcess(child, await heard(child, 'open'));
  }

  async ask<K extends ServerRequest['kind']>(kind: K): Promise<Answer<K>> {
    const answer = heard(this.child, kind);
    this.child.send({ kind } satisfies ServerRequest);
    return (await answer) as Answer<K>;
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const gone = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    this.child.send({ kind: 'close' } satisfies ServerRequest);
    await Promise.race([gone, sleep(20_000)]);
    this.child.kill('SIGKILL');
  }
}

function heard<K extends ServerAnswer['kind']>(
  child: ChildProcess,
  kind: K,
): Promise<Extract<ServerAnswer, { kind: K }>> {
  return new Promise((resolve, reject) => {
    const listen = (answer: ServerAnswer): void => {
      if (answer.kind !== kind) return;
      child.off('message', listen);
      resolve(answer as Extract<ServerAnswer, { kind: K }>);
    };
    child.on('message', listen);
    child.once('exit', (code) => reject(new Error(`the served workbench ended with ${code}`)));
  });
}

function tellFigures(figures: WorkbenchFigures, output: BenchOutput): void {
  for (const name of Object.keys(WORDS) as (keyof WorkbenchFigures)[]) {
    const [value, bar] = [figures[name], BARS[name]].map((amount) => withUnit(name, amount));
    const mark = figures[name] <= BARS[name] ? 'reached' : 'MISSED';
    output.line(`${WORDS[name].padEnd(42)} ${value?.padStart(10)}   at most ${bar?.padStart(8)}   ${mark}`);
  }
}

function withUnit(name: string, amount: number): string {
  return name.endsWith('Bytes') ? `${(amount / 1e6).toFixed(1)} MB` : `${amount.toFixed(0)} ms`;
}
