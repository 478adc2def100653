import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import type { ProcedureName, ProcedureOutput, ProcedureRequest } from '../../src/shared/contract.ts';
import { scratchFolder, smallConfig, writeSmallDataset } from '../main/workbench/small-project.ts';
import { type RunningTerminal, startTerminal } from './terminal-process.ts';

// A terminal that is closed (an SSH line that breaks) tells its whole group, and run.mjs passes it on: SIGHUP comes twice.

const ADDRESS = 'http://127.0.0.1:17462';

function setUp() {
  const { folder, remove } = scratchFolder();
  onTestFinished(remove);
  writeSmallDataset(folder);
  const env = { CELLWRIGHT_HOME: folder, SCRIPTED_STEP_MS: '400', NODE_ENV: 'production' };
  const start = (...args: string[]): RunningTerminal => {
    const started = startTerminal(args, { cwd: folder, entry: 'test/e2e/scripted-terminal.ts', env });
    onTestFinished(async () => {
      started.child.kill('SIGKILL');
      await started.ended;
    });
    return started;
  };
  const json = async (...args: string[]): Promise<unknown> => JSON.parse((await start(...args, '--json').ended).out);
  const ask = async <P extends ProcedureName>(
    procedure: P,
    input: ProcedureRequest<P>,
  ): Promise<ProcedureOutput<P>> => {
    const secret = readFileSync(join(folder, 'server-secret'), 'utf8').trim();
    const headers = { authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' };
    const body = JSON.stringify(input);
    const answer = await fetch(`${ADDRESS}/api/${procedure}`, { method: 'POST', headers, body });
    return (await answer.json()) as ProcedureOutput<P>;
  };
  return { start, json, ask };
}

async function hangUp({ child }: RunningTerminal): Promise<void> {
  child.kill('SIGHUP');
  await setTimeout(50);
  child.kill('SIGHUP');
}

it.skipIf(process.platform === 'win32')(
  'a served workbench saves its trainings when its terminal is closed',
  async () => {
    const { start, ask } = setUp();
    const serve = ['start', '--headless', '--port', '17462', '--project', 'served'];
    const server = start(...serve);
    await server.saw('The link is good once');
    await ask('experiment.create', { config: smallConfig({ trialsAtOnce: 1 }) });
    // Before the trial is there, the answer is a refusal.
    const hasSteps = async (): Promise<boolean> => (await ask('trial.get', { experiment: 1, trial: 1 })).step >= 3;
    while (!(await hasSteps())) await setTimeout(50);
    await hangUp(server);
    expect(await server.ended).toMatchObject({ code: 0, err: expect.stringContaining('Saving what runs.') });

    const again = start(...serve);
    await again.saw('Experiment 1 was interrupted and goes on.');
    const [first] = await ask('trial.attempts', { experiment: 1, trial: 1 });
    expect(first?.end).toMatch(/^Saved at step \d, as Cellwright was closed\.$/);
    again.child.kill('SIGTERM');
    expect((await again.ended).code).toBe(0);
  },
);

it.skipIf(process.platform === 'win32')(
  'a search is paused, and its trainings saved, when its terminal is closed',
  async () => {
    const { start, json } = setUp();
    const search = start(
      ...['search', '--dataset', 'small', '--preset', 'quick', '--trials', '6', '--project', 'search'],
      ...['--set', 'subset.training.most=30', '--set', 'subset.validation.most=8'],
    );
    await search.saw('Ctrl-C saves');
    await hangUp(search);
    expect(await search.ended).toMatchObject({ code: 129, err: expect.stringContaining('Paused after 0 of 6 trials') });
    expect(await json('experiments', '--project', 'search')).toMatchObject([{ state: 'paused', message: null }]);
  },
);
