import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { beforeAll, expect, it } from 'vitest';
import type { Headless } from '../../src/main/headless.ts';
import { drawCell, type Part } from '../../src/renderer/graphs/cell-drawing.ts';
import { type Arrow, neighbour } from '../../src/renderer/graphs/cell-paths.ts';
import type { ProcedureName, ProcedureRequest } from '../../src/shared/contract.ts';
import type { Cell } from '../../src/shared/records/architecture.ts';
import type { LeaderboardRow, Sort } from '../../src/shared/records/leaderboard.ts';
import { OPERATION_FACTS } from '../../src/shared/search-space/operation-facts.ts';
import { describeInBrowser, openWorkbench } from './in-browser.ts';
import { escapeReturns, focusedWords, focusFaults, overwrite, paneTo, tabTo } from './keyboard.ts';
import { activeTrialOf, focusedPart, isAmong, isFocus, trialsOf } from './keyboard-in-page.js';
import { expectPage } from './patient-page.ts';
import { servedProject } from './served-workbench.ts';

const TRIALS = 10;
const BATCH = 5;
const BEST_FIRST: Sort = { column: 'reward', isAscending: false };
const percent = (fraction: number): string => `${(fraction * 100).toFixed(2)} %`;

const ARROWS: readonly Arrow[] = ['ArrowRight', 'ArrowLeft', 'ArrowUp', 'ArrowDown'];

/** The arrows that lead from one part of a cell's drawing to another, as few as can be. */
function arrowsBetween(cell: Cell, from: string, to: string): Arrow[] {
  const drawing = drawCell(cell);
  const part = (id: string): Part => drawing.parts.find((one) => one.id === id)!;
  const ways = new Map<string, Arrow[]>([[from, []]]);
  for (const [id, way] of ways) {
    if (id === to) return way;
    for (const arrow of ARROWS) {
      const next = neighbour(drawing, part(id), arrow);
      if (next !== undefined && !ways.has(next.id)) ways.set(next.id, [...way, arrow]);
    }
  }
  throw new Error(`No arrows lead from ${from} to ${to}.`);
}

/** After the page was opened nothing is clicked, filled or focused by the test: there are only keys. */
describeInBrowser('the workbench without a mouse', () => {
  /** Milliseconds a step of training, eight of them a trial; slow while something has to be caught under way. */
  let stepMs = 1500;
  let headless: Headless;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    const project = await servedProject({ stepMs: () => stepMs }, 17_433);
    const opened = await openWorkbench(project, { context: { acceptDownloads: true } });
    ({ headless, page, faults } = opened);
    return opened.close;
  });

  const ask = <P extends ProcedureName>(procedure: P, input: ProcedureRequest<P>) => {
    const { client, close } = headless.workbench.connect();
    return client.call(procedure, input).finally(close);
  };
  const rowsOf = async (filter = '', sort = BEST_FIRST, isTrash = false): Promise<LeaderboardRow[]> => {
    const all = { experiment: 1, mode: 'cells', filter, sort, isTrash, offset: 0, limit: 1000 } as const;
    return (await ask('leaderboard.read', all)).rows;
  };
  const numbersOf = (rows: readonly LeaderboardRow[]): number[] => rows.map(({ trial }) => trial.trial);
  const trialOf = (trial: number) => ask('trial.get', { experiment: 1, trial });
  const stateOf = async () => (await ask('experiment.get', { experiment: 1 })).state;
  const parameter = (name: string): string | null => new URL(page.url()).searchParams.get(name);
  const press = (key: string): Promise<void> => page.keyboard.press(key);

  const grid = () => page.getByRole('grid');
  const progress = () => page.getByRole('region', { name: 'Progress' });
  const activeTrial = (): Promise<number | null> => grid().evaluate(activeTrialOf);
  /** Goes to the row of a trial by arrows, from the first one. */
  const chooseRow = async (trial: number): Promise<void> => {
    await press('Home');
    // Keys that are pressed while the order is brought up to date wait for it.
    await expectPage(grid()).toHaveAttribute('aria-activedescendant', 'leaderboard-row-0');
    for (let row = 0; row < 2 * TRIALS; row++) {
      const before = await activeTrial();
      if (before === trial) {
        // The address may be behind the rows.
        await expectPage.poll(() => parameter('trial')).toBe(String(trial));
        return;
      }
      await press('ArrowDown');
      await expectPage.poll(activeTrial).not.toBe(before);
    }
    throw new Error(`No row of trial ${trial}.`);
  };
  const shownTrials = (): Promise<number[]> => grid().locator('[data-trial]').evaluateAll(trialsOf);
  const arrowsTo = async (key: string, wished: ReturnType<typeof grid>): Promise<void> => {
    const isThere = () => wished.evaluateAll(isAmong);
    for (let steps = 0; steps < 60 && !(await isThere()); steps++) await press(key);
    expect(await isThere(), `${key} came to ${await focusedWords(page)}`).toBe(true);
    expect(await focusFaults(page)).toEqual([]);
  };

  it('starts a search from Home with another name, number of trials and hyper-parameters', async () => {
    await tabTo(page, page.getByRole('button', { name: 'New search' }));
    await press('Enter');
    await expectPage(page.getByRole('heading', { name: 'New search' })).toBeFocused();
    await tabTo(page, page.getByRole('textbox', { name: 'Name' }));
    await overwrite(page, 'by keys');
    await tabTo(page, page.getByRole('spinbutton', { name: 'Trials', exact: true }));
    await overwrite(page, String(TRIALS));
    await tabTo(page, page.locator('summary'));
    await press('Enter');
    for (const [path, value] of [
      ['strategy.batchSize', BATCH],
      ['subset.training.most', 30],
      ['subset.validation.most', 8],
    ] as const) {
      await tabTo(page, page.getByRole('spinbutton', { name: path, exact: true }));
      await overwrite(page, String(value));
    }
    await tabTo(page, page.getByRole('button', { name: 'Start search' }));
    await press('Enter');
    await page.waitForURL('**/experiments/1');
    const { config } = await ask('experiment.get', { experiment: 1 });
    expect(config).toMatchObject({
      name: 'by keys',
      budget: { trials: TRIALS },
      strategy: { kind: 'ppo', batchSize: BATCH },
      subset: { training: { most: 30 }, validation: { most: 8 } },
    });
  });

  it('sees rows arrive, and kills a trial after it was asked', async () => {
    await expectPage(grid().locator('[data-trial]').first()).toBeVisible();
    await paneTo(page, grid());
    const running = async () => (await rowsOf()).find(({ trial }) => trial.state === 'running')?.trial.trial ?? 0;
    await expectPage.poll(running).toBeGreaterThan(0);
    const trial = await running();
    await chooseRow(trial);
    const dialog = page.getByRole('dialog', { name: `Kill trial ${trial}` });
    await escapeReturns(page, () => press('k'), dialog);
    expect((await trialOf(trial)).state).toBe('running');
    await press('k');
    await tabTo(page, dialog.getByRole('button', { name: 'Kill trial' }));
    await press('Enter');
    await expectPage(dialog).toBeHidden();
    await expectPage(grid()).toBeFocused();
    await expectPage(grid().locator(`[data-trial="${trial}"]`)).toContainText('cancelled');
    expect(await trialOf(trial)).toMatchObject({ state: 'cancelled', reward: null });
  });

  it('pauses and resumes, by the letter and by the button', async () => {
    await press('p');
    await expectPage(progress()).toContainText('paused');
    expect(await stateOf()).toBe('paused');
    const resume = page.getByRole('button', { name: 'Resume' });
    await tabTo(page, resume, 'Shift+Tab');
    await press('Enter');
    await expectPage.poll(stateOf).toBe('running');
    // The same button, which pauses now.
    await expectPage(page.getByRole('button', { name: 'Pause' })).toBeFocused();
    await press('Enter');
    await expectPage(resume).toBeFocused();
    stepMs = 10;
    await paneTo(page, grid());
    await press('p');
    await expectPage(progress()).toContainText('completed', { timeout: 60_000 });
    await expectPage(progress()).toContainText(`${TRIALS} of ${TRIALS}`);
    // What came meanwhile is let into the order.
    await press('.');
    await expectPage.poll(shownTrials).toEqual(numbersOf(await rowsOf()));
  });

  it('filters by what is written after a slash, and gives the focus back', async () => {
    await press('/');
    const field = page.getByRole('combobox', { name: 'Filter' });
    await expectPage(field).toBeFocused();
    await page.keyboard.type('rewrad>1');
    await expectPage(page.getByText('`rewrad` is no column.')).toBeVisible();
    await overwrite(page, 'reward>40%');
    await expectPage.poll(shownTrials).toEqual(numbersOf(await rowsOf('reward>40%')));
    // Escape closes what is offered, then clears, then leaves.
    await escapeThrice();
    await expectPage(grid()).toBeFocused();
    expect(parameter('filter')).toBeNull();
    await expectPage.poll(shownTrials).toEqual(numbersOf(await rowsOf()));

    async function escapeThrice(): Promise<void> {
      for (let times = 0; times < 3 && (await field.evaluate(isFocus)); times++) {
        await press('Escape');
      }
    }
  });

  it('takes what is offered after a letter of the filter', async () => {
    await press('/');
    await page.keyboard.type('rew');
    await expectPage(page.getByRole('listbox', { name: 'What may come next' })).toBeVisible();
    await press('ArrowDown');
    await press('Enter');
    await expectPage(page.getByRole('combobox', { name: 'Filter' })).toHaveValue(/^reward/);
    await press('Control+A');
    await press('Delete');
    const isIn = () => page.getByRole('combobox', { name: 'Filter' }).evaluate(isFocus);
    for (let times = 0; times < 3 && (await isIn()); times++) await press('Escape');
    await expectPage(grid()).toBeFocused();
  });

  it('sorts by a head, and asks for a range in its menu', async () => {
    const head = (name: string) => page.getByRole('columnheader').getByRole('button', { name, exact: true });
    await press('Tab');
    await arrowsTo('ArrowRight', head('params'));
    await press('Enter');
    await expectPage.poll(() => parameter('sort')).toBe('params:up');
    await expectPage.poll(shownTrials).toEqual(numbersOf(await rowsOf('', { column: 'params', isAscending: true })));
    await expectPage(page.getByRole('columnheader', { name: 'params' })).toHaveAttribute('aria-sort', 'ascending');
    await arrowsTo('ArrowLeft', head('reward %'));
    await press('Enter');
    await expectPage.poll(shownTrials).toEqual(numbersOf(await rowsOf()));
    await press('ArrowRight');
    await escapeReturns(page, () => press('Enter'), page.getByRole('menu'));
    await press('Enter');
    await arrowsTo('ArrowDown', page.getByRole('menuitem', { name: 'Between…' }));
    await press('Enter');
    const dialog = page.getByRole('dialog');
    await expectPage(dialog.getByRole('textbox', { name: 'From' })).toBeFocused();
    await page.keyboard.type('0.2');
    await press('Tab');
    await page.keyboard.type('0.7');
    await press('Enter');
    await expectPage(dialog).toBeHidden();
    await expectPage.poll(shownTrials).toEqual(numbersOf(await rowsOf('reward:0.2..0.7')));
    await tabTo(page, grid(), 'Shift+Tab');
    await press('/');
    await press('Escape');
    await expectPage.poll(() => parameter('filter')).toBeNull();
    await press('Escape');
    await expectPage(grid()).toBeFocused();
  });

  it('walks through the graph of a cell and reads its operations', async () => {
    const ranked = (await rowsOf()).filter(({ reward }) => reward !== null);
    const { trial } = ranked[1]!;
    await chooseRow(trial.trial);
    const cell = trial.architecture.normal;
    const graph = page.getByRole('listbox', { name: `Normal cell, ${cell.blocks.length} blocks` });
    await paneTo(page, graph.locator('[role="option"][tabindex="0"]'));
    let here = await page.evaluate(focusedPart);
    for (const [index, block] of cell.blocks.entries()) {
      for (const side of ['left', 'right'] as const) {
        const part = graph.getByRole('option', { name: new RegExp(`^block ${index + 1}, ${side}: `) });
        const there = (await part.getAttribute('data-part')) ?? '';
        for (const arrow of arrowsBetween(cell, here, there)) await press(arrow);
        here = there;
        await expectPage(part).toBeFocused();
        await expectPage(part).toHaveAccessibleName(
          new RegExp(`: ${OPERATION_FACTS[block[side].operation].words} of `),
        );
        await expectPage(page.getByRole('tooltip')).toContainText('multiply-adds');
      }
    }
    await escapeReturns(page, () => press('e'), page.getByRole('dialog'));
    expect(parameter('cell')).toBeNull();
    await tabTo(
      page,
      page.getByRole('region', { name: 'Cell', exact: true }).getByRole('button', { name: 'As table' }).first(),
    );
    await press('Enter');
    await expectPage(
      page.getByRole('table', { name: `Normal cell, ${cell.blocks.length} blocks` }).getByRole('row'),
    ).toHaveCount(cell.blocks.length + 2);
    await press('Enter');
    await expectPage(graph).toBeVisible();
  });

  it('stars, notes, moves to the trash and takes back', async () => {
    await paneTo(page, grid());
    const ranked = numbersOf((await rowsOf()).filter(({ reward }) => reward !== null));
    const trial = ranked[1]!;
    const labels = async () => (await rowsOf()).find((row) => row.trial.trial === trial)?.labels;
    await chooseRow(trial);
    await press('s');
    await expectPage.poll(labels).toMatchObject({ isStarred: true });
    const dialog = page.getByRole('dialog', { name: /^Note and tags/ });
    await escapeReturns(page, () => press('n'), dialog);
    await press('n');
    await expectPage(dialog.getByRole('textbox', { name: 'Note' })).toBeFocused();
    await page.keyboard.type('odd start');
    await tabTo(page, dialog.getByRole('button', { name: 'Save' }));
    await press('Enter');
    await expectPage(dialog).toBeHidden();
    await expectPage(grid()).toBeFocused();
    expect(await labels()).toMatchObject({ isStarred: true, note: 'odd start' });
    await press('Delete');
    await expectPage(page.getByRole('region', { name: 'Undo' })).toBeVisible();
    await expectPage(grid()).toBeFocused();
    expect(numbersOf(await rowsOf('', BEST_FIRST, true))).toEqual([trial]);
    // The next row is the chosen one.
    await expectPage.poll(activeTrial).toBe(ranked[2]);
    await press('Control+z');
    await expectPage.poll(async () => numbersOf(await rowsOf('', BEST_FIRST, true))).toEqual([]);
    await expectPage.poll(shownTrials).toEqual(numbersOf(await rowsOf()));
    await expectPage(grid()).toBeFocused();
  });

  it('marks two cells, compares them, takes the other as the reference, and comes back', async () => {
    const [first, second] = numbersOf(await rowsOf()) as [number, number];
    for (const trial of [first, second]) {
      await chooseRow(trial);
      await press('Space');
    }
    await expectPage.poll(() => parameter('compare')).toBe(`${first},${second}`);
    await press('c');
    await page.waitForURL(`**/compare?trials=${first},${second}`);
    await expectPage(page.getByRole('heading', { name: 'Compare 2 cells' })).toBeFocused();
    const other = page.getByRole('region', { name: `Trial ${second}`, exact: true });
    await tabTo(page, other.getByRole('button', { name: 'Make reference' }));
    await press('Enter');
    await page.waitForURL(`**/compare?trials=${second},${first}`);
    await expectPage(other.getByRole('button', { name: 'Reference', exact: true })).toBeFocused();
    await press('Escape');
    await expectPage(grid()).toBeVisible();
    await expectPage.poll(() => parameter('compare')).toBe(`${second},${first}`);
  });

  it('reads curves and a decision of the controller as tables', async () => {
    await paneTo(page, grid());
    await press('2');
    const tab = (name: string) => page.getByRole('tab', { name });
    await paneTo(page, tab('Curves'));
    const trial = (await rowsOf())[0]!.trial.trial;
    const accuracy = page.getByRole('figure', { name: 'Accuracy' });
    await tabTo(page, accuracy.getByRole('button', { name: 'As table' }));
    await press('Enter');
    await paneTo(page, grid());
    await chooseRow(trial);
    for (const { epoch, validationAccuracy } of await ask('trial.epochs', { experiment: 1, trial })) {
      await expectPage(accuracy.getByRole('row').nth(epoch)).toContainText(percent(validationAccuracy));
    }
    await paneTo(page, tab('Curves'));
    for (let tabs = 0; tabs < 3; tabs++) await press('ArrowRight');
    await expectPage(tab('Controller')).toBeFocused();
    await tabTo(page, page.getByRole('radio', { name: /^Normal block 1, left operation/ }));
    await press('ArrowRight');
    await expectPage(page.getByRole('radio', { name: /^Normal block 1, right operation/ })).toBeFocused();
    expect(parameter('decision')).toBe('4');
    const decision = page.getByRole('figure', { name: 'Probability of each option: Normal block 1, right operation' });
    await tabTo(page, decision.getByRole('button', { name: 'As table' }), 'Shift+Tab');
    await press('Enter');
    for (const { update, meanProbabilities } of await ask('controller.updates', { experiment: 1 })) {
      for (const part of meanProbabilities[3]!) {
        await expectPage(decision.getByRole('row').nth(update)).toContainText(percent(part));
      }
    }
  });

  it('goes to other screens by the palette, lists the keys and changes the theme', async () => {
    await paneTo(page, grid());
    const palette = page.getByRole('dialog', { name: 'Search or run' });
    await escapeReturns(page, () => press('Control+k'), palette);
    await escapeReturns(page, () => press('?'), page.getByRole('dialog', { name: 'Keys' }));
    await press('Control+k');
    await page.keyboard.type('go to doctor');
    await expectPage(palette.getByRole('option', { name: /^Go to Doctor/ })).toBeVisible();
    await press('Enter');
    await expectPage(page.getByRole('heading', { name: 'Doctor', level: 1 })).toBeFocused();
    await press('Alt+ArrowLeft');
    await expectPage(grid()).toBeVisible();
    const settings = page.getByRole('button', { name: 'Settings' });
    await tabTo(page, settings, 'Shift+Tab');
    await escapeReturns(page, () => press('Enter'), page.getByRole('region', { name: 'Settings' }));
    await press('Enter');
    await tabTo(page, page.getByRole('radio', { name: 'As the system' }));
    for (const theme of ['light', 'dark']) {
      await press('ArrowDown');
      await expectPage(page.locator('html')).toHaveAttribute('data-theme', theme);
    }
    await press('Escape');
    await expectPage(settings).toBeFocused();
  });

  it('exports the rows and keeps the focus on the button', async () => {
    const button = page.getByRole('button', { name: 'CSV', exact: true });
    await tabTo(page, button);
    const downloading = page.waitForEvent('download');
    await press('Enter');
    const text = readFileSync(await (await downloading).path(), 'utf8');
    const [head, ...lines] = text.trimEnd().split('\r\n');
    const column = head!.split(',').indexOf('reward');
    const rewards = (await rowsOf()).map(({ reward }) => (reward === null ? '' : String(reward)));
    expect(lines.map((line) => line.split(',')[column])).toEqual(rewards);
    await expectPage(button).toBeEnabled();
    await expectPage(button).toBeFocused();
  });

  it('had no console error, no failed request and no violation of its policy', () => {
    expect(faults).toEqual([]);
  });
});
