import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { beforeAll, expect, it } from 'vitest';
import type { Headless } from '../../src/main/headless.ts';
import type { ProcedureName, ProcedureRequest } from '../../src/shared/contract.ts';
import { smallConfig } from '../main/workbench/small-project.ts';
import { describeInBrowser, openWorkbench } from './in-browser.ts';
import { expectPage } from './patient-page.ts';
import { injectedElements, overflowOf, type SeenName, seenNames } from './seen-names.ts';
import { servedProject } from './served-workbench.ts';

const FAMILY = '\u{1F469}\u200D\u{1F469}\u200D\u{1F467}\u200D\u{1F466}';
/** HTML that runs, an override and an isolate that are never ended, what some take for a new line, emoji, no space. */
const ATTACK = `<img src=x onerror=window.hit=1>\u202Eesrever\u2066\u2028\u0085${FAMILY}`;

/** As long as the field takes. It begins with the field, which is how it is found on the page. */
const hostile = (field: string, length: number): string => {
  const text = `${field}!${ATTACK}`.slice(0, length).toWellFormed();
  return text + 'W'.repeat(length - text.length);
};

const NAMES = {
  search: hostile('search', 200),
  tag: hostile('tag', 40),
  note: hostile('note', 2000),
  view: hostile('view', 100),
  title: hostile('title', 200),
  class: hostile('class', 200),
  source: hostile('source', 200),
  failure: hostile('failure', 200),
};
type Field = keyof typeof NAMES;

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 700 },
];

describeInBrowser('names that were written to do harm', () => {
  let headless: Headless;
  let page: Page;
  let faults: string[];
  const dialogs: string[] = [];
  const shown = new Set<string>();

  const ask = <P extends ProcedureName>(procedure: P, input: ProcedureRequest<P>) => {
    const { client, close } = headless.workbench.connect();
    return client.call(procedure, input).finally(close);
  };

  beforeAll(async () => {
    // The last trial fails, in words that are hostile too: a library's message may repeat a file's name.
    const outcome = { kind: 'failed', reason: 'crashed', message: NAMES.failure } as const;
    const project = await servedProject({ outcome: ({ trial }) => (trial === 6 ? outcome : undefined) }, 17_425);
    const manifest = join(project.folder, 'datasets', 'small', 'manifest.json');
    const dataset = JSON.parse(readFileSync(manifest, 'utf8')) as object;
    const changes = { title: NAMES.title, classes: [NAMES.class, 'bright'], source: NAMES.source };
    writeFileSync(manifest, JSON.stringify({ ...dataset, ...changes }));
    const prepare = async (_: unknown, served: Headless): Promise<void> => {
      headless = served;
      await ask('experiment.create', { config: smallConfig({ name: NAMES.search }) });
      const state = async () => (await ask('experiment.get', { experiment: 1 })).state;
      await expectPage.poll(state).toBe('completed');
      const labels = { isStarred: true, note: NAMES.note, addTags: [NAMES.tag, 'plain'] };
      await ask('leaderboard.label', { experiment: 1, trials: [1, 2, 3, 4, 5, 6], ...labels });
      const sort = { column: 'reward', isAscending: false } as const;
      await ask('view.save', { view: { name: NAMES.view, mode: 'trials', filter: 'star', sort, columns: [] } });
    };
    const opened = await openWorkbench(project, { prepare });
    ({ page, faults } = opened);
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    return opened.close;
  });

  /** Judges all names that the page shows now, and that those of `fields` are among them. */
  async function expectText(fields: readonly Field[]): Promise<void> {
    const here = async (): Promise<SeenName[]> => await seenNames(page, NAMES);
    for (const field of fields) {
      await expectPage.poll(async () => (await here()).map((name) => name.field), { message: field }).toContain(field);
    }
    for (const size of SIZES) {
      await page.setViewportSize(size);
      const harmful = async () =>
        (await here()).filter(
          ({ field, isWhole, isIsolated, isInside, isCut }) =>
            // A failure's message is a part of a sentence about it, which stands alone.
            !isWhole || !(isIsolated || field === 'failure') || !isInside || isCut,
        );
      // A layout settles within some frames.
      await expectPage.poll(harmful).toEqual([]);
      expect({ ...size, ...(await overflowOf(page)) }).toEqual({ ...size, across: 0, down: 0 });
      for (const { field } of await here()) shown.add(field);
    }
    expect(await injectedElements(page)).toBe(0);
    await page.setViewportSize(SIZES[0]!);
  }

  const open = (path: string) => page.goto(headless.server.address + path);

  it('are text on Home, in the list of searches and of data sets', async () => {
    await expectText(['search', 'title', 'class', 'source']);
  });

  it('are text where a search is started', async () => {
    await open('/new');
    await expectPage(page.getByLabel('Name', { exact: true })).toBeVisible();
    await expectText([]);
  });

  it.each(['cell', 'curves', 'scatter', 'operations', 'controller'])('are text on Search, tab %s', async (tab) => {
    await open(`/experiments/1?tab=${tab}`);
    await expectPage(page.locator('[data-trial]').first()).toBeVisible();
    await expectText(['search']);
  });

  it('are text in the cell of a trial: note and tags', async () => {
    await open('/experiments/1?trial=2');
    await expectPage(page.locator('[data-trial]').first()).toBeVisible();
    await expectText(['note', 'tag']);
  });

  it('are text where the filter offers tags, which still filter', async () => {
    const offered = page.getByRole('option').filter({ hasText: 'tag!' });
    // A window of another width has another layout, whose lists are closed.
    for (const isLast of [false, true]) {
      await open('/experiments/1');
      await page.getByLabel('Filter', { exact: true }).fill('tag:');
      await offered.waitFor();
      if (!isLast) await expectText(['tag']);
    }
    await offered.click();
    await page.waitForURL(/filter=tag/);
    await expectPage(page.locator('[data-trial]').first()).toBeVisible();
  });

  it('are text in the menu of named views, which still opens one', async () => {
    await open('/experiments/1');
    await page.getByRole('button', { name: /^View/ }).click();
    await expectText(['view']);
    // A window of another width has another layout, whose menus are closed.
    await open('/experiments/1');
    await page.getByRole('button', { name: /^View/ }).click();
    await page.getByText('view!').first().click();
    await page.waitForURL(/filter=star/);
    await expectText(['search']);
  });

  it('are text on the screen of a trial, with what it failed with', async () => {
    await open('/experiments/1/trials/6');
    await expectPage(page.getByRole('heading', { name: /Trial 6/ })).toBeVisible();
    await expectText(['search', 'failure']);
  });

  it('are text where cells are compared, and in Doctor', async () => {
    await open('/experiments/1/compare?trials=1,2,3');
    await expectPage(page.getByRole('option').first()).toBeVisible();
    await expectText(['search']);
    await open('/doctor');
    await expectPage(page.getByRole('main')).toContainText(/memory/i);
    await expectText([]);
  });

  it('are text in the palette, which finds a search by its name', async () => {
    await open('/');
    await expectPage(page.getByRole('heading', { name: 'Searches' })).toBeVisible();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('search!');
    await expectPage(page.getByRole('option').first()).toBeVisible();
    await expectText(['search']);
  });

  it('ran nowhere, and no field of theirs was left out', () => {
    expect(dialogs).toEqual([]);
    expect(faults).toEqual([]);
    expect([...shown].sort()).toEqual(Object.keys(NAMES).sort());
  });
});
