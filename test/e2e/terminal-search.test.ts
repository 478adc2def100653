import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder, writeSmallDataset } from '../main/workbench/small-project.ts';
import { type Ended, type RunningTerminal, startTerminal } from './terminal-process.ts';

// Searches through the terminal as processes, over the real workbench and store; the trials are trained by arithmetic
// (scripted-terminal.ts), so that what the terminal does can be tried in seconds.

const SETTINGS = [
  ...['--dataset', 'small', '--preset', 'quick', '--strategy', 'ppo', '--seed', '3', '--trials', '6'],
  ...['--set', 'subset.training.most=30', '--set', 'subset.validation.most=8', '--set', 'strategy.batchSize=2'],
];

let scratch: { folder: string; remove: () => void };
/** A search that nothing disturbed, and its leaderboard. */
let calm: Ended;
let calmRows: Row[];
beforeAll(async () => {
  scratch = scratchFolder();
  writeSmallDataset(join(scratch.folder, 'home'));
  calm = await cellwright('search', ...SETTINGS, '--project', 'calm');
  calmRows = await rowsOf('calm');
});
afterAll(() => scratch.remove());

function start(args: readonly string[], stepMs = 0, failure = ''): RunningTerminal {
  const home = join(scratch.folder, 'home');
  const env = { CELLWRIGHT_HOME: home, SCRIPTED_STEP_MS: String(stepMs), SCRIPTED_FAILURE: failure };
  return startTerminal(args, { cwd: scratch.folder, entry: 'test/e2e/scripted-terminal.ts', env });
}
const cellwright = (...args: string[]): Promise<Ended> => start(args).ended;

interface Row {
  readonly trial: number;
  readonly reward: number;
}
const rowsOf = async (project: string): Promise<Row[]> =>
  JSON.parse((await cellwright('leaderboard', '--project', project, '--json')).out) as Row[];

describe('a search through the terminal', () => {
  it('ends with exit code 0, its best trials on stdout and a line a finished trial on stderr', () => {
    expect(calm.code).toBe(0);
    expect(calm.out.split('\n')[0]).toMatch(/^# +trial +reward % +best % +params +mult-adds +time +state +origin$/);
    expect(calm.out.trimEnd().split('\n')).toHaveLength(7);
    const finished = calm.err.split('\n').filter((line) => /^trial \d of 6 {2}reward \d+\.\d\d %/.test(line));
    expect(finished).toHaveLength(6);
    expect(finished[0]).toMatch(/best \d+\.\d\d % \(trial 1\) {2}\d:\d\d {2}about .+ left$/);
    expect(calm.err).toMatch(/The search ended: 6 trials in .+\. Best \d+\.\d\d %, trial \d\./);
    expect(calm.err + calm.out).not.toContain('\u001b');
  });

  it('lists its trials as JSON in rank order, with exactly the promised keys', () => {
    expect(calmRows).toHaveLength(6);
    const rewards = calmRows.map((row) => row.reward);
    expect(rewards).toEqual(rewards.toSorted((a, b) => b - a));
    for (const row of calmRows) {
      const keys = ['architecture', 'hash', 'multiplyAdds', 'parameters', 'reward', 'run', 'state', 'trial'];
      expect(Object.keys(row).toSorted()).toEqual(keys);
    }
  });

  it('lists them as CSV with a head, full fractions and as many fields in every row', async () => {
    const { out } = await cellwright('leaderboard', '--project', 'calm', '--csv');
    const [head, ...rows] = out.trimEnd().split('\r\n');
    expect(head).toMatch(/^rank,trial,run,state,reward,/);
    const fields = rows.map((row) => row.match(/("([^"]|"")*"|[^,"]*)(,|$)/g)!.filter((field) => field !== ''));
    for (const row of fields) expect(row).toHaveLength(head!.split(',').length);
    const rewards = calmRows.map((row) => String(row.reward));
    expect(rows.map((row) => row.split(',')[4])).toEqual(rewards);
  });

  it('shows the best trial with both cells and its curves', async () => {
    const [best] = calmRows;
    const { out, code } = await cellwright('show', 'best', '--project', 'calm');
    expect(code).toBe(0);
    expect(out).toContain(
      `Trial ${best!.trial} of experiment 1: reward ${(100 * best!.reward).toFixed(2)} %, rank 1 of 6`,
    );
    expect(out).toMatch(/^Normal cell\n( {2}b\d = .+\n){5} {2}out = /m);
    expect(out).toMatch(/^Reduction cell.*\n( {2}b\d = .+\n){5} {2}out = /m);
    expect(out).toMatch(/^validation accuracy % +[▁-█]{2} /m);
    const json = JSON.parse((await cellwright('show', String(best!.trial), '--project', 'calm', '--json')).out);
    expect(json).toMatchObject({
      trial: { trial: best!.trial, reward: best!.reward },
      epochs: [{ epoch: 1 }, { epoch: 2 }],
    });
  });

  it('lists the search, and its whole result as JSON alone on stdout', async () => {
    const listed = await cellwright('experiments', '--project', 'calm', '--json');
    expect(JSON.parse(listed.out)).toMatchObject([{ id: 1, state: 'completed', config: { seed: 3, preset: 'quick' } }]);
    const again = await cellwright('search', ...SETTINGS, '--project', 'json', '--json');
    const result = JSON.parse(again.out) as { leaderboard: Row[] };
    expect(result).toMatchObject({ experiment: { state: 'completed' } });
    expect(result.leaderboard).toEqual(calmRows);
  });

  it('has nothing to go on with once it has ended, unless more trials are asked for', async () => {
    expect(await cellwright('resume', '--project', 'calm')).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringMatching(/nothing to go on with in calm/i),
    });
    const refused = await cellwright('resume', '--project', 'calm', '--experiment', '1');
    expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/finished its 6 trials/) });
    const more = await cellwright('resume', '--project', 'calm', '--experiment', '1', '--trials', '8');
    expect(more.code).toBe(0);
    expect(await rowsOf('calm')).toHaveLength(8);
  });
});

describe('a search that is interrupted', () => {
  it('saves and pauses at Ctrl-C with exit code 130, and the command it names ends it like a calm one', async () => {
    const search = start(['search', ...SETTINGS, '--project', 'inter rupted'], 60);
    await search.saw('trial 2 of 6');
    search.child.kill('SIGINT');
    const ended = await search.ended;
    expect(ended.code).toBe(130);
    expect(ended.out).toBe('');
    expect(ended.err).toMatch(/Paused after \d of 6 trials/);
    const [, told] = /Go on with: npm run -s cellwright -- resume --project '(.+)'\n/.exec(ended.err)!;
    expect(told).toBe('inter rupted');
    const resumed = await cellwright('resume', '--project', told!);
    expect(resumed.code).toBe(0);
    expect(resumed.err).toMatch(/Experiment 1 \(.+\) goes on after \d of 6 trials/);
    expect(await rowsOf('inter rupted')).toEqual(calmRows);
  });

  it('is paused with exit code 1, the reason and the way on when nothing can be trained', async () => {
    const { code, err } = await start(['search', ...SETTINGS, '--project', 'stuck'], 0, 'No trainer starts.').ended;
    expect(code).toBe(1);
    expect(err).toContain('The search is paused after 0 trials. No trainer starts.\nGo on with: npm run -s cellwright');
    expect((await cellwright('resume', '--project', 'stuck')).code).toBe(0);
    expect(await rowsOf('stuck')).toEqual(calmRows);
  });

  it('leaves at once at the second Ctrl-C', async () => {
    const search = start(['search', ...SETTINGS, '--project', 'impatient'], 5000);
    await search.saw('Ctrl-C saves');
    search.child.kill('SIGINT');
    await search.saw('Ctrl-C again');
    // Without a terminal a second one that comes sooner may be the same: see end-signals.ts.
    await setTimeout(2000);
    const asked = performance.now();
    search.child.kill('SIGINT');
    expect((await search.ended).code).toBe(130);
    expect(performance.now() - asked).toBeLessThan(2000);
  });

  it('goes on by the same command after it was killed, and says so', async () => {
    const search = start(['search', ...SETTINGS, '--project', 'killed'], 60);
    await search.saw('trial 3 of 6');
    search.child.kill('SIGKILL');
    await search.ended;
    const listed = JSON.parse((await cellwright('experiments', '--project', 'killed', '--json')).out);
    expect(listed).toMatchObject([{ state: 'paused', message: expect.stringMatching(/interrupted/) }]);
    const again = await cellwright('search', ...SETTINGS, '--project', 'killed');
    expect(again.code).toBe(0);
    expect(again.err).toMatch(/Experiment 1 \(.+\) goes on after [345] of 6 trials/);
    expect(await rowsOf('killed')).toEqual(calmRows);
  });

  it('is pointed out when another search is started in its project', async () => {
    const search = start(['search', ...SETTINGS, '--project', 'two'], 60);
    await search.saw('trial 1 of 6');
    search.child.kill('SIGTERM');
    expect((await search.ended).code).toBe(143);
    const other = await cellwright('search', ...SETTINGS, '--seed', '4', '--project', 'two');
    expect(other.code).toBe(0);
    expect(other.err).toMatch(/Experiment 1 of this project is unfinished; it goes on with: .*resume --project two/);
    const states = JSON.parse((await cellwright('experiments', '--project', 'two', '--json')).out) as {
      state: string;
    }[];
    expect(states.map(({ state }) => state).toSorted()).toEqual(['completed', 'paused']);
  });
});

describe('a project that cannot be opened', () => {
  it('is read through the process that has it, and refused where that one can not be reached', async () => {
    const search = start(['search', ...SETTINGS, '--project', 'busy'], 200);
    await search.saw('Ctrl-C saves');
    const second = await cellwright('experiments', '--project', 'busy', '--json');
    expect(second).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(second.out)).toMatchObject([{ state: 'running' }]);
    const served = join(scratch.folder, 'busy', 'server.json');
    const where = readFileSync(served, 'utf8');
    rmSync(served);
    expect(await cellwright('leaderboard', '--project', 'busy')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^[^\n]*busy[^\n]* in use [^\n]+\n$/),
    });
    // What a killed process leaves behind names nobody.
    writeFileSync(served, where);
    search.child.kill('SIGKILL');
    await search.ended;
    const after = await cellwright('experiments', '--project', 'busy', '--json');
    expect(JSON.parse(after.out)).toMatchObject([{ state: 'paused' }]);
  });

  it('takes a search from a second terminal, which ends with the process that trains it', async () => {
    const first = start(['search', ...SETTINGS, '--trials', '500', '--project', 'shared'], 20);
    await first.saw('Ctrl-C saves');
    const second = await cellwright('search', ...SETTINGS, '--seed', '5', '--project', 'shared', '--json');
    expect(second.code).toBe(0);
    expect(JSON.parse(second.out)).toMatchObject({ experiment: { id: 2, state: 'completed' } });
    const third = start(['search', ...SETTINGS, '--trials', '500', '--seed', '6', '--project', 'shared']);
    await third.saw('Ctrl-C saves');
    first.child.kill('SIGKILL');
    expect(await third.ended).toMatchObject({ code: 1, err: expect.stringMatching(/project ended.*saved/) });
  });

  it.each([
    ['is a file', (project: string) => writeFileSync(project, 'text'), 2],
    ['has a newer database', (project: string) => database(project, newerDatabase()), 1],
    ['has a damaged database', (project: string) => database(project, Buffer.alloc(8192, 7)), 1],
  ])('is refused when it %s, and left as it is', async (what, make, code) => {
    const project = join(scratch.folder, what.replaceAll(' ', '-'));
    make(project);
    const ended = await cellwright('search', ...SETTINGS, '--project', project);
    expect(ended).toMatchObject({ code, out: '', err: expect.stringMatching(/^[^\n]+[.]\n$/) });
    expect(ended.err).not.toMatch(/Error|SQLITE|wrong inside/);
  });

  // A superuser may write everywhere.
  it.skipIf(process.getuid?.() === 0)('is refused when its folder is read-only', async () => {
    const project = join(scratch.folder, 'read-only');
    mkdirSync(project);
    chmodSync(project, 0o500);
    const ended = await cellwright('search', ...SETTINGS, '--project', project);
    expect(ended).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^[^\n]+read-only[^\n]+\n$/) });
  });
});

function database(project: string, contents: Buffer): void {
  mkdirSync(project);
  writeFileSync(join(project, 'cellwright.db'), contents);
}

/** An empty SQLite database whose user_version (bytes 60 to 63) is beyond every version of ours. */
function newerDatabase(): Buffer {
  const page = Buffer.alloc(4096);
  page.write('SQLite format 3\0', 0, 'latin1');
  page.writeUInt16BE(4096, 16);
  page.set([1, 1, 0, 64, 32, 32], 18);
  page.writeUInt32BE(1, 24);
  page.writeUInt32BE(1, 28);
  page.writeUInt32BE(4, 44);
  page.writeUInt32BE(1, 56);
  page.writeUInt32BE(9999, 60);
  page.writeUInt32BE(1, 92);
  page.writeUInt32BE(3_045_000, 96);
  page.set([13, 0, 0, 0, 0, 16, 0], 100);
  return page;
}
