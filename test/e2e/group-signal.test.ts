import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { RUN } from '../main/setup/setting.ts';
import { scratchFolder, smallConfig, writeSmallDataset } from '../main/workbench/small-project.ts';
import { startTerminal } from './terminal-process.ts';

// systemd, `timeout` and a line that breaks tell a whole process group to end. What stands in it below run.mjs hears
// that twice: by itself, and from run.mjs, which passes on what may have been meant for it alone.

const ENTRY = 'test/e2e/scripted-terminal.ts';
const PORT = 18_417;
const STEP_MS = 400;
const POLL = { timeout: 20_000 };
/** The page may have to be built first. */
const SEEN = { timeout: 120_000 };

interface Group {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; err: string }>;
  saw(text: string): Promise<void>;
}

/** run.mjs and the scripted terminal program below it, as a process group of their own. */
function startGroup(folder: string, args: readonly string[]): Group {
  // Whoever builds the page builds it as for people. Set-up looks where the machine has it; the program itself has a home of its own.
  const entry = join(folder, 'entry.ts');
  writeFileSync(
    entry,
    `Object.assign(process.env, { CELLWRIGHT_HOME: ${JSON.stringify(folder)}, SCRIPTED_STEP_MS: '${STEP_MS}', NODE_ENV: 'production' });
    await import(${JSON.stringify(pathToFileURL(resolve(import.meta.dirname, '../..', ENTRY)).href)});`,
  );
  const child = spawn(process.execPath, [RUN, entry, ...args], { cwd: folder, detached: true });
  let err = '';
  child.stdout.resume();
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = new Promise<{ code: number | null; err: string }>((done) => {
    child.on('close', (code) => done({ code, err }));
  });
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) kill(child, 'SIGKILL');
    await ended;
  });
  return { child, ended, saw: async (text) => await expect.poll(() => err, SEEN).toContain(text) };
}

function kill({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  // 0 would be our own group.
  if (pid) process.kill(-pid, signal);
}

function setUp(): string {
  const { folder, remove } = scratchFolder();
  onTestFinished(remove);
  writeSmallDataset(folder);
  return folder;
}

const SEARCH = [
  ...['search', '--dataset', 'small', '--preset', 'quick', '--trials', '6', '--project', 'search'],
  ...['--set', 'subset.training.most=30', '--set', 'subset.validation.most=8'],
];

it.skipIf(process.platform === 'win32').each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)(
  'a search is paused, and its trainings saved, at a single %s to its process group',
  async (signal, code) => {
    const folder = setUp();
    const search = startGroup(folder, SEARCH);
    await search.saw('Ctrl-C saves');
    kill(search.child, signal);
    expect(await search.ended).toMatchObject({ code, err: expect.stringContaining('Paused after 0 of 6 trials') });
    const env = { CELLWRIGHT_HOME: folder };
    const listed = startTerminal(['experiments', '--project', 'search', '--json'], {
      cwd: folder,
      entry: ENTRY,
      env,
    });
    expect(JSON.parse((await listed.ended).out)).toMatchObject([{ state: 'paused', message: null }]);
  },
);

it.skipIf(process.platform === 'win32')(
  'a served workbench saves its trainings at a single SIGTERM to its process group',
  async () => {
    const folder = setUp();
    const server = startGroup(folder, ['start', '--headless', '--port', String(PORT), '--project', 'served']);
    await server.saw('The link is good once');
    const ask = async (procedure: string, input: object): Promise<unknown> => {
      const secret = readFileSync(join(folder, 'server-secret'), 'utf8').trim();
      const headers = { authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' };
      const address = `http://127.0.0.1:${PORT}/api/${procedure}`;
      return await (await fetch(address, { method: 'POST', headers, body: JSON.stringify(input) })).json();
    };
    await ask('experiment.create', { config: smallConfig({ trialsAtOnce: 1 }) });
    await expect.poll(() => ask('trial.get', { experiment: 1, trial: 1 }), POLL).toMatchObject({ state: 'running' });
    kill(server.child, 'SIGTERM');
    expect(await server.ended).toMatchObject({ code: 0, err: expect.stringContaining('Saving what runs.') });
    const env = { CELLWRIGHT_HOME: folder };
    const again = startTerminal(['resume', '--project', 'served'], { cwd: folder, entry: ENTRY, env });
    expect(await again.ended).toMatchObject({ code: 0, err: expect.stringContaining('The search ended: 6 trials') });
  },
);
