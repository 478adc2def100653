import { type Page, expect as playwrightExpect } from '@playwright/test';
import { expect, it } from 'vitest';
import type { ProcedureName, ProcedureOutput, ProcedureRequest } from '../../src/shared/contract.ts';
import type { Architecture } from '../../src/shared/records/architecture.ts';
import type { Trial } from '../../src/shared/records/experiment.ts';
import type { LeaderboardRow } from '../../src/shared/records/leaderboard.ts';
import { OPERATION_FACTS } from '../../src/shared/search-space/operation-facts.ts';

/** What the story is told with: a page that shows an empty project with the data set CIFAR-10, and its database. */
export interface StorySetting {
  readonly page: Page;
  /** The same questions, put to the workbench past the page. */
  ask<P extends ProcedureName>(procedure: P, input: ProcedureRequest<P>): Promise<ProcedureOutput<P>>;
  /** Shows a screen by its address, as a link from outside does. */
  open(path: string): Promise<void>;
  /** The text of the file that `press` saves. */
  saved(press: () => Promise<void>): Promise<string>;
}

/** Generous: real trainings run beside the page, on a machine that may be busy. */
const expectPage = playwrightExpect.configure({ timeout: 60_000 });
const NAME = '<img src=x onerror=alert(1)> \u202Efirst\u202C search 🔬';
const TRIALS = 8;
const EPOCHS = 6;
/** Small and short, and yet long enough for a hand to catch a trial under way. */
const SIZES = {
  'subset.training.most': '640',
  'subset.validation.most': '160',
  'recipe.epochs': String(EPOCHS),
  'scale.normalRepeats': '1',
  'scale.filters': '4',
  'strategy.batchSize': '2',
};

/** The whole story of a search, by mouse; each step goes on where the one before ended. */
export function tellStory(setting: () => StorySetting): void {
  const page = (): Page => setting().page;
  const progress = () => page().getByRole('region', { name: 'Progress' });
  const rows = () => page().getByRole('grid').locator('[data-trial]');
  const rowOf = (trial: number) => page().locator(`[data-trial="${trial}"]`);
  const inAddress = (name: string): string | null => new URL(page().url()).searchParams.get(name);
  /** Trials in the order of the rows; a virtual list keeps another order in the document. */
  const numbersShown = async (): Promise<number[]> => {
    const shown = await page().evaluate<[number, number][]>(`[...document.querySelectorAll('[role=grid] [data-trial]')]
      .map((row) => [Number(row.getAttribute('data-item')), Number(row.getAttribute('data-trial'))])`);
    return shown.sort(([one], [other]) => one - other).map(([, trial]) => trial);
  };
  const board = async (filter = '', isTrash = false): Promise<LeaderboardRow[]> => {
    const sort = { column: 'reward', isAscending: false } as const;
    const query = { experiment: 1, mode: 'cells', filter, sort, isTrash, offset: 0, limit: 1000 } as const;
    return (await setting().ask('leaderboard.read', query)).rows;
  };
  const rewarded = async (): Promise<Trial[]> =>
    (await board()).filter(({ reward }) => reward !== null).map(({ trial }) => trial);
  const trialAt = (trial: number) => setting().ask('trial.get', { experiment: 1, trial });
  const state = async () => (await setting().ask('experiment.get', { experiment: 1 })).state;
  const killButton = () =>
    page()
      .getByRole('button', { name: /^Kill trial/ })
      .first();
  const trialInTraining = async (): Promise<number> =>
    Number(/\d+/.exec((await killButton().getAttribute('aria-label')) ?? '')?.[0]);
  /** Nothing loads the page anew: what was written into it stays. */
  const markPage = () => page().evaluate('globalThis.wasHere = true');
  const isSamePage = () => page().evaluate('globalThis.wasHere === true');

  it('starts a search from Home', async () => {
    await expectPage(page().getByRole('heading', { name: 'Searches' })).toBeVisible();
    await markPage();
    await page().getByRole('button', { name: 'New search' }).first().click();
    await page().getByLabel('Name', { exact: true }).fill(NAME);
    await page().getByLabel('Trials', { exact: true }).fill(String(TRIALS));
    await page().getByText('All hyper-parameters').click();
    for (const [name, value] of Object.entries(SIZES)) await page().getByLabel(name, { exact: true }).fill(value);
    await page().getByRole('button', { name: 'Start search' }).click();
    await page().waitForURL('**/experiments/1');
    await expectPage(page().getByRole('banner').getByText('first')).toHaveText(NAME);
  });

  it('shows the first rows as they arrive, without a reload', async () => {
    await expectPage(rows().first()).toBeVisible();
    await expectPage(page().getByRole('region', { name: 'In training' })).toBeVisible();
    expect(await isSamePage()).toBe(true);
  });

  it('moves the curves of a trial while it is trained', async () => {
    const accuracy = page().getByRole('figure', { name: 'Accuracy' });
    const epochs = accuracy.getByRole('row');
    // A trial whose last epoch is in can't move its curves any more: then the next one has to.
    for (let attempt = 1; ; attempt++) {
      await rowOf(await trialInTraining()).click();
      const table = accuracy.getByRole('button', { name: 'As table' });
      await table.waitFor();
      if ((await table.getAttribute('aria-pressed')) !== 'true') await table.click();
      const before = await epochs.count();
      if (before > EPOCHS && attempt < TRIALS) continue;
      await expectPage.poll(() => epochs.count()).toBeGreaterThan(before);
      break;
    }
    expect(await isSamePage()).toBe(true);
  });

  it('kills a trial when told twice', async () => {
    // Whichever is under way: a trial may end before the second press, which is then refused, and the next one is taken.
    let killed: number | undefined;
    for (let attempt = 1; killed === undefined && attempt <= TRIALS; attempt++) {
      const number = await trialInTraining();
      await killButton().click();
      const dialog = page().getByRole('dialog');
      // Between the two looks another trial may have taken the place of the first.
      if (!((await dialog.textContent()) ?? '').includes(`trial ${number}`)) {
        await dialog.getByRole('button', { name: 'Cancel' }).click();
        continue;
      }
      await dialog.getByRole('button', { name: 'Kill trial' }).click();
      await expectPage.poll(async () => (await trialAt(number)).state).not.toBe('running');
      if ((await trialAt(number)).state === 'cancelled') killed = number;
      else await dialog.getByRole('button', { name: 'Cancel' }).click();
    }
    expect(killed).toBeDefined();
    expect(await trialAt(killed ?? 0)).toMatchObject({ state: 'cancelled', reward: null });
    await expectPage(page().getByRole('dialog')).toHaveCount(0);
    await page().mouse.move(5, 5);
    await expectPage(
      page()
        .getByRole('button', { name: /cancelled/i })
        .first(),
    ).toContainText('1');
  });

  it('pauses, finds everything again after a reload, and goes on to the end', async () => {
    await page().getByRole('button', { name: 'Pause' }).click();
    await expectPage(page().getByRole('button', { name: 'Resume' })).toBeVisible();
    expect(await state()).toBe('paused');
    const before = await numbersShown();
    const address = page().url();
    await page().reload();
    await expectPage(progress()).toContainText('paused');
    expect(page().url()).toBe(address);
    await expectPage.poll(numbersShown).toEqual(before);
    await markPage();
    await page().getByRole('button', { name: 'Resume' }).click();
    await expectPage(progress()).toContainText('completed', { timeout: 540_000 });
    await expectPage(progress()).toContainText(`${TRIALS} of ${TRIALS}`);
    expect(await state()).toBe('completed');
    expect(await rewarded()).not.toHaveLength(0);
    await expectPage.poll(numbersShown).toEqual((await board()).map(({ trial }) => trial.trial));
    expect(await isSamePage()).toBe(true);
  });

  it('opens a cell and tells its operations, as they are in the database', async () => {
    const [first, second] = await rewarded();
    const trial = second ?? first!;
    await rowOf(trial.trial).click();
    await expectPage.poll(() => inAddress('trial')).toBe(String(trial.trial));
    const cell = page().getByRole('region', { name: `Cell of Trial ${trial.trial}` });
    for (const kind of ['normal', 'reduction'] as const) {
      const { blocks } = trial.architecture[kind];
      const title = `${kind === 'normal' ? 'Normal' : 'Reduction'} cell, ${blocks.length} blocks`;
      const parts = cell.getByRole('listbox', { name: title }).getByRole('option');
      // Two operations and a combination a block, two inputs, one output.
      await expectPage(parts).toHaveCount(3 * blocks.length + 3);
      for (const [block, { left, right }] of blocks.entries()) {
        for (const [side, { operation }] of [['left', left] as const, ['right', right] as const]) {
          const part = parts.filter({ hasText: new RegExp(`^block ${block + 1}, ${side}: `) });
          const named = page()
            .getByRole('listbox', { name: title })
            .getByRole('option', {
              name: new RegExp(`^block ${block + 1}, ${side}: ${OPERATION_FACTS[operation].words} of `),
            });
          expect((await part.count()) + (await named.count())).toBeGreaterThan(0);
        }
      }
    }
  });

  it('draws the curves that are stored', async () => {
    const number = Number(inAddress('trial'));
    const trial = await trialAt(number);
    const epochs = await setting().ask('trial.epochs', { experiment: 1, trial: trial.reusedFrom ?? number });
    expect(epochs).toHaveLength(EPOCHS);
    await page().getByRole('tab', { name: 'Curves' }).click();
    const accuracy = page().getByRole('figure', { name: 'Accuracy' });
    const table = accuracy.getByRole('button', { name: 'As table' });
    if ((await table.getAttribute('aria-pressed')) !== 'true') await table.click();
    for (const { epoch, validationAccuracy } of epochs) {
      await expectPage(accuracy.getByRole('row').nth(epoch)).toContainText((validationAccuracy * 100).toFixed(2));
    }
    const saved = await setting().saved(() => accuracy.getByRole('button', { name: /^Save .* as CSV$/ }).click());
    for (const { validationAccuracy } of epochs) expect(saved).toContain(String(validationAccuracy));
    await page().getByRole('tab', { name: 'Controller' }).click();
    await expectPage(page().getByRole('figure', { name: /^Rewards/ })).toBeVisible();
    expect(inAddress('tab')).toBe('controller');
  });

  it('compares two cells', async () => {
    const [first, second] = await rewarded();
    for (const { trial } of [first!, second!]) {
      await rowOf(trial).click();
      await expectPage.poll(() => inAddress('trial')).toBe(String(trial));
      await page().getByRole('button', { name: 'Mark for compare' }).click();
    }
    await page().getByRole('link', { name: 'Compare 2' }).click();
    await page().waitForURL(`**/compare?trials=${first!.trial},${second!.trial}`);
    const differing = page().getByRole('region', { name: 'Values that differ' });
    for (const { hash, trial } of [first!, second!]) {
      await expectPage(differing).toContainText(`${trial}`);
      expect(hash).toMatch(/^[0-9a-f]+$/);
    }
    await expectPage(page().getByRole('listbox')).toHaveCount(4);
    await page().goBack();
    await expectPage(page().getByRole('link', { name: 'Compare 2' })).toBeVisible();
  });

  it('filters by what is written and says what it does not understand', async () => {
    const filter = page().getByLabel('Filter', { exact: true });
    await filter.fill('rewrad>0.05');
    await expectPage(page().getByText('`rewrad` is no column. Did you mean reward?')).toBeVisible();
    await filter.fill('state:completed');
    const wanted = await board('state:completed');
    await expectPage.poll(numbersShown).toEqual(wanted.map(({ trial }) => trial.trial));
  });

  it('exports exactly what is shown, as CSV and JSON equal to the database', async () => {
    const wanted = await board('state:completed');
    const csv = await setting().saved(() => page().getByRole('button', { name: 'CSV', exact: true }).click());
    const [head = '', ...lines] = csv.trimEnd().split('\r\n');
    const column = (name: string): number => head.split(',').indexOf(name);
    // No field before these columns holds a comma.
    expect(lines.map((line) => line.split(',')[column('trial')])).toEqual(
      wanted.map(({ trial }) => String(trial.trial)),
    );
    expect(lines.map((line) => Number(line.split(',')[column('reward')]))).toEqual(wanted.map(({ reward }) => reward));
    const json = await setting().saved(() => page().getByRole('button', { name: 'JSON', exact: true }).click());
    expect(JSON.parse(json)).toEqual(wanted);
  });

  it('saves a cell as SVG with every one of its operations, and as JSON that is its architecture', async () => {
    const trial = (await rewarded())[0]!;
    await rowOf(trial.trial).click();
    await expectPage.poll(() => inAddress('trial')).toBe(String(trial.trial));
    const cell = page().getByRole('region', { name: `Cell of Trial ${trial.trial}` });
    await cell.getByRole('button', { name: 'Save Normal cell' }).click();
    const svg = await setting().saved(() => page().getByRole('menuitem', { name: 'SVG' }).click());
    expect(labelsIn(svg)).toEqual(labelsOf(trial.architecture));
    await cell.getByRole('button', { name: 'More for this cell' }).click();
    const json = await setting().saved(() => page().getByRole('menuitem', { name: 'Save JSON' }).click());
    expect(JSON.parse(json)).toMatchObject(trial.architecture);
  });

  it('puts a trial into the trash and takes it out again', async () => {
    const [{ trial }] = (await board('state:completed')).slice(-1) as [LeaderboardRow];
    await rowOf(trial.trial).click({ button: 'right' });
    await page()
      .getByRole('menuitem', { name: /Move to the trash/ })
      .click();
    await expectPage(rowOf(trial.trial)).toHaveCount(0);
    expect((await trialAt(trial.trial)).trashedAt).not.toBeNull();
    expect((await board('', true)).map((row) => row.trial.trial)).toContain(trial.trial);
    await page().getByRole('button', { name: 'Undo', exact: true }).click();
    await expectPage(rowOf(trial.trial)).toBeVisible();
    expect((await trialAt(trial.trial)).trashedAt).toBeNull();
  });

  it('follows a deep link to a trial, and comes back to the filtered rows', async () => {
    const best = (await rewarded())[0]!;
    await setting().open(`/experiments/1/trials/${best.trial}`);
    await expectPage(page().getByRole('heading', { name: `Trial ${best.trial}`, level: 1 })).toBeVisible();
    await expectPage(page().getByText(best.trainableParameters.toLocaleString('en')).first()).toBeVisible();
    await page().goBack();
    await expectPage(page().getByLabel('Filter', { exact: true })).toHaveValue('state:completed');
  });
}

/** Words on the operations of a Normal cell, sorted. */
function labelsOf({ normal }: Architecture): string[] {
  const operations = normal.blocks.flatMap(({ left, right }) => [left.operation, right.operation]);
  return operations.map((operation) => OPERATION_FACTS[operation].label).sort();
}

function labelsIn(svg: string): string[] {
  const known = new Set(Object.values(OPERATION_FACTS).map(({ label }) => label));
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text ?? '');
  return texts.filter((text) => known.has(text)).sort();
}
