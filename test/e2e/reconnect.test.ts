import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from 'vitest';
import {
  PROCEDURES,
  type ProcedureName,
  type ProcedureOutput,
  type ProcedureRequest,
} from '../../src/shared/contract.ts';
import type { Experiment } from '../../src/shared/records/experiment.ts';
import type { LeaderboardQuery, LeaderboardRow } from '../../src/shared/records/leaderboard.ts';
import { clientMessageSchema, type Position, serverMessageSchema } from '../../src/shared/rpc/connection.ts';
import { scratchFolder, smallConfig, writeSmallDataset } from '../main/workbench/small-project.ts';
import { openLine } from './broken-line.ts';
import { describeInBrowser, openBrowser } from './in-browser.ts';
import { expectPage } from './patient-page.ts';
import { buildPageForPeople, servedProject } from './served-workbench.ts';
import { strictPage } from './strict-browser.ts';
import { type RunningTerminal, startTerminal } from './terminal-process.ts';

const TRIALS = 8;
const CONFIG = smallConfig({ budget: { trials: TRIALS, timeLimitMs: 0 } });
/** What the page asks for when its address says nothing. */
const DEFAULT_VIEW: LeaderboardQuery = {
  mode: 'cells',
  filter: '',
  sort: { column: 'reward', isAscending: false },
  isTrash: false,
};

/** Asks the workbench past the page. */
type Ask = <P extends ProcedureName>(procedure: P, input: ProcedureRequest<P>) => Promise<ProcedureOutput<P>>;

interface Heard {
  readonly feed: string;
  readonly sequence: number;
}

/** Positions of all events that reach the page, and the answers to its subscriptions, over all its sockets. */
function listenIn(page: Page): { events: Heard[]; subscribed: { position: Position; gap: boolean }[] } {
  const events: Heard[] = [];
  const subscribed: { position: Position; gap: boolean }[] = [];
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      const message = serverMessageSchema.parse(JSON.parse(String(payload)));
      if (message.kind === 'event') events.push(message.position);
      if (message.kind === 'subscribed') subscribed.push(message);
    }),
  );
  return { events, subscribed };
}

/** What must not happen, but for the requests that a lost connection fails. */
const unexpected = (faults: readonly string[]): string[] =>
  faults.filter((fault) => !/WebSocket connection to|ERR_(CONNECTION|EMPTY_RESPONSE|ABORTED|SOCKET)/.test(fault));

async function expectRows(page: Page, rows: readonly LeaderboardRow[]): Promise<void> {
  await expectPage(page.getByRole('grid').locator('[data-trial]')).toHaveCount(rows.length);
  for (const { trial, reward } of rows) {
    const row = page.getByRole('grid').locator(`[data-trial="${trial.trial}"]`);
    await expectPage(row).toContainText(reward === null ? trial.state : (reward * 100).toFixed(2));
  }
}

async function readRows(ask: Ask): Promise<readonly LeaderboardRow[]> {
  return (await ask('leaderboard.read', { experiment: 1, ...DEFAULT_VIEW, offset: 0, limit: 100 })).rows;
}

const progress = (page: Page) => page.getByRole('region', { name: 'Progress' });

describeInBrowser('a page whose connection is lost', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  it('says so, comes back by itself and has missed nothing that a search wrote meanwhile', async () => {
    let stepMs = 500;
    const [port, tunnel] = [17_421, 17_441];
    const project = await servedProject({ stepMs: () => stepMs }, port, [`127.0.0.1:${tunnel}`]);
    onTestFinished(() => project.remove());
    const { workbench, server, close } = await project.start();
    onTestFinished(close);
    const line = await openLine(tunnel, server.port);
    onTestFinished(line.cut);
    const { client } = workbench.connect();
    const ask: Ask = (procedure, input) => client.call(procedure, input);

    const { page, faults } = await strictPage(browser);
    const heard = listenIn(page);
    await page.goto(server.link().replace(String(server.port), String(tunnel)));
    await expectPage(page.getByRole('contentinfo').getByText('Connected')).toBeVisible();
    await ask('experiment.create', { config: CONFIG });
    await page.goto(`http://127.0.0.1:${tunnel}/experiments/1`);
    await expectPage(page.locator('[data-trial]').first()).toBeVisible();
    const status = page.getByRole('contentinfo').getByText(/^Reconnecting, data of/);
    const strip = page.getByRole('button', { name: 'Try now' });
    await expectPage(status.or(strip)).toHaveCount(0);
    expect(unexpected(faults)).toEqual(faults);

    const lostAt = performance.now();
    await line.cut();
    await expectPage(status).toBeVisible();
    expect(performance.now() - lostAt).toBeGreaterThan(1000);
    await expectPage(strip).toBeVisible();
    expect(performance.now() - lostAt).toBeGreaterThan(5000);

    stepMs = 0;
    const ended = async (): Promise<Experiment['state']> => (await ask('experiment.get', { experiment: 1 })).state;
    await expectPage.poll(ended).toBe('completed');
    await expectPage(progress(page)).not.toContainText('completed');

    await line.mend();
    await expectPage(progress(page)).toContainText('completed');
    await expectPage(progress(page)).toContainText(`${TRIALS} of ${TRIALS}`);
    await expectPage(status.or(strip)).toHaveCount(0);
    await expectRows(page, await readRows(ask));

    // The page opened its first two connections itself; the third one continues the second.
    expect(heard.subscribed.at(-1)).toMatchObject({ gap: false });
    const { feed, sequence: first } = heard.subscribed.at(-2)!.position;
    const last = heard.events.at(-1)!.sequence;
    const after = heard.events.slice(heard.events.findIndex(({ sequence }) => sequence === first + 1));
    expect(after).toEqual(Array.from({ length: last - first }, (_, index) => ({ feed, sequence: first + 1 + index })));
    expect(unexpected(faults)).toEqual([]);
  });

  it('says so when the line falls silent without an end, and comes back over a new line', async () => {
    const [port, tunnel] = [17_421, 17_441];
    const project = await servedProject({ stepMs: () => 0 }, port, [`127.0.0.1:${tunnel}`]);
    onTestFinished(() => project.remove());
    const { workbench, server, close } = await project.start();
    onTestFinished(close);
    const line = await openLine(tunnel, server.port);
    onTestFinished(line.cut);
    const { client } = workbench.connect();

    const { page, faults } = await strictPage(browser);
    const heard = listenIn(page);
    await page.goto(server.link().replace(String(server.port), String(tunnel)));
    await expectPage(page.getByRole('contentinfo').getByText('Connected')).toBeVisible();

    let sockets = 1;
    page.on('websocket', () => sockets++);
    const frozenAt = performance.now();
    line.freeze();
    await client.call('experiment.create', { config: CONFIG });
    const status = page.getByRole('contentinfo').getByText(/^Reconnecting, data of/);
    await expectPage(status).toBeVisible();
    expect(performance.now() - frozenAt).toBeLessThan(20_000);
    // Nor does a try over the frozen line wait for good: the page's own socket, the first try and the next.
    await expectPage.poll(() => sockets).toBe(3);
    await expectPage(status).toBeVisible();

    await line.cut();
    await line.mend();
    await expectPage(status).toHaveCount(0);
    await expectPage(page.getByText(CONFIG.name).first()).toBeVisible();
    expect(heard.subscribed.at(-1)).toMatchObject({ gap: false });
    expect(unexpected(faults)).toEqual([]);
  });

  it('reads again after a restart only the curves that were looked at last', async () => {
    const looked = 50;
    const project = await servedProject({ stepMs: () => 0 }, 17_421);
    onTestFinished(() => project.remove());
    let headless = await project.start();
    onTestFinished(() => headless.close());
    const { client } = headless.workbench.connect();
    await client.call('experiment.create', {
      config: smallConfig({ budget: { trials: looked, timeLimitMs: 0 }, retrainRepeats: true }),
    });
    const state = async () => (await client.call('experiment.get', { experiment: 1 })).state;
    await expectPage.poll(state).toBe('completed');

    const { page, faults } = await strictPage(browser);
    const asked: number[] = [];
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        const message = clientMessageSchema.parse(JSON.parse(String(payload)));
        if (message.kind !== 'call' || message.procedure !== 'trial.epochs') return;
        asked.push(PROCEDURES['trial.epochs'].input.parse(message.input).trial);
      }),
    );
    await page.goto(headless.server.link());
    await expectPage(page.getByRole('contentinfo').getByText('Connected')).toBeVisible();
    await page.goto(`${headless.server.address}/experiments/1?trial=1`);
    for (let trial = 1; trial <= looked; trial++) {
      // As a link of the page does: another address, and no page that is loaded anew.
      await page.evaluate(`history.pushState(null, '', '/experiments/1?trial=${trial}')`);
      await expectPage(page.getByRole('region', { name: `Curves of trial ${trial}`, exact: true })).toBeVisible();
      await expectPage.poll(() => asked).toContain(trial);
    }
    asked.length = 0;
    await headless.close();
    headless = await project.start();
    await expectPage.poll(() => asked).toContain(looked);
    await page.waitForLoadState('networkidle');
    // Forty are kept for somebody who goes back; the first ones are let go.
    expect(asked.length).toBeLessThanOrEqual(41);
    expect(asked).not.toContain(1);
    expect(unexpected(faults)).toEqual([]);
  });

  it('goes on without a new link when the server is killed and started again', async () => {
    const { folder, remove } = scratchFolder();
    onTestFinished(remove);
    writeSmallDataset(folder);
    await buildPageForPeople();
    const env = { CELLWRIGHT_HOME: folder, SCRIPTED_STEP_MS: '150', NODE_ENV: 'production' };
    const start = (...args: string[]): RunningTerminal =>
      startTerminal(args, { cwd: folder, entry: 'test/e2e/scripted-terminal.ts', env });
    const serve = async (): Promise<RunningTerminal> => {
      const server = start('start', '--headless', '--port', '17422', '--project', 'killed');
      await server.saw('The link is good once');
      return server;
    };
    let server = await serve();
    onTestFinished(async () => {
      server.child.kill('SIGTERM');
      await server.ended;
    });
    const address = 'http://127.0.0.1:17422';
    const ask: Ask = async (procedure, input) => {
      const secret = readFileSync(join(folder, 'server-secret'), 'utf8').trim();
      const headers = { authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' };
      const answer = await fetch(`${address}/api/${procedure}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(input),
      });
      return (await answer.json()) as ProcedureOutput<typeof procedure>;
    };
    const { link } = JSON.parse((await start('link', '--project', 'killed', '--json').ended).out) as { link: string };

    const { page, faults } = await strictPage(browser);
    await page.goto(link);
    await expectPage(page.getByRole('contentinfo').getByText('Connected')).toBeVisible();
    await ask('experiment.create', { config: CONFIG });
    await page.goto(`${address}/experiments/1?filter=trial>0`);
    await expectPage(page.getByRole('grid').getByText('completed').first()).toBeVisible();

    server.child.kill('SIGKILL');
    await server.ended;
    await expectPage(page.getByRole('contentinfo').getByText(/^Reconnecting, data of/)).toBeVisible();
    server = await serve();
    await expectPage(progress(page)).toContainText('completed', { timeout: 60_000 });
    await expectPage(progress(page)).toContainText(`${TRIALS} of ${TRIALS}`);
    await expectPage(page.getByRole('contentinfo').getByText(/^Reconnecting, data of/)).toHaveCount(0);
    expect(await ask('experiment.get', { experiment: 1 })).toMatchObject({ state: 'completed' });
    await expectRows(page, await readRows(ask));
    expect(page.url()).toContain('filter=trial');
    expect(unexpected(faults)).toEqual([]);
  });
});
