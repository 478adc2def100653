import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import sharp from 'sharp';
import { beforeAll, expect, it } from 'vitest';
import type { Headless } from '../../src/main/headless.ts';
import { openStore } from '../../src/main/store/store.ts';
import { drawCell } from '../../src/renderer/graphs/cell-drawing.ts';
import { cellToSvg, EXPORT_MARGIN } from '../../src/renderer/graphs/cell-svg.ts';
import type { Architecture, Cell } from '../../src/shared/records/architecture.ts';
import { NASNET_A, parseArchitectureText } from '../../src/shared/search-space/cells.ts';
import { completed, newTrial } from '../main/store/store-setting.ts';
import { smallConfig } from '../main/workbench/small-project.ts';
import { overlaps } from '../renderer/graphs/drawing-faults.ts';
import { DEEPEST, LIGHT, proposedCells, WIDEST } from '../renderer/graphs/sample-cells.ts';
import { describeInBrowser, openWorkbench } from './in-browser.ts';
import { expectPage } from './patient-page.ts';
import { lookAt, type SeenGraph, svgTexts, tooltipFaults } from './seen-graphs.ts';
import { servedProject } from './served-workbench.ts';

const [random] = proposedCells(8, 1);
/** By the number of their trial, from 1. */
const ARCHITECTURES: readonly Architecture[] = [
  NASNET_A,
  { normal: DEEPEST, reduction: WIDEST },
  { normal: WIDEST, reduction: DEEPEST },
  { normal: random!, reduction: random! },
];
const WINDOWS = [
  { width: 1440, height: 900 },
  { width: 1024, height: 700 },
  { width: 3840, height: 2160 },
];

/** A finished search whose trials have the cells that must show. */
async function writeSearch(projectFolder: string): Promise<void> {
  const store = openStore(
    projectFolder,
    () => undefined,
    () => new Date(),
  );
  const at = new Date().toISOString();
  store.transaction(() => {
    const experiment = store.experiments.create(smallConfig({ name: 'cells' }), at);
    store.trials.add(
      ARCHITECTURES.map((architecture, index) => newTrial(index + 1, { experiment, architecture, queuedAt: at })),
    );
    for (const index of ARCHITECTURES.keys()) {
      const lease = store.runs.lease(store.rows.idOf(experiment, index + 1));
      if (lease === null || !store.runs.begin(lease, at)) throw new Error(`trial ${index + 1} could not be begun`);
      store.runs.finish(lease, { ...completed(0.9 - index / 10), weights: null }, at);
    }
    store.experiments.setState(experiment, 'completed', null, at);
  });
  await store.close();
}

/** What is wrong with how a graph stands on the screen; its parts are moved about while it is looked at. */
function faultsOf(seen: SeenGraph, cell: Cell): string[] {
  const drawing = drawCell(cell);
  const { zoom, x, y } = seen;
  const faults = overlaps(seen.parts).map((pair) => `${pair} overlap`);
  if (12 * zoom < 11) faults.push(`labels of ${12 * zoom} px`);
  if (zoom > 1.2501) faults.push(`larger than 1.25: ${zoom}`);
  // What is proved of the drawing holds on the screen: every part stands where the drawing has it.
  for (const { id, box } of drawing.parts) {
    const part = seen.parts.find((one) => one.id === id);
    const isThere =
      part !== undefined &&
      Math.abs(part.box.x - (box.x * zoom + x)) < 1 &&
      Math.abs(part.box.y - (box.y * zoom + y)) < 1 &&
      Math.abs(part.box.width - box.width * zoom) < 1;
    if (!isThere) faults.push(`${id} is not where it is drawn`);
  }
  if (seen.parts.length !== drawing.parts.length) faults.push(`${seen.parts.length} parts`);
  return [...faults, ...seen.outOfReach.map((id) => `${id} can't be reached`), ...seen.unpainted];
}

describeInBrowser('graphs of cells in a browser', () => {
  let headless: Headless;
  let browser: Browser;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    const project = await servedProject({}, 17_431);
    await writeSearch(join(project.folder, 'project'));
    const opened = await openWorkbench(project, { context: { colorScheme: 'light', reducedMotion: 'reduce' } });
    ({ headless, browser, page, faults } = opened);
    return opened.close;
  });

  /** All graphs that a screen shows, each with the fault that it has. */
  const look = async (path: string, trials: readonly number[]): Promise<string[]> => {
    await page.goto(headless.server.address + path);
    await expectPage(page.getByRole('option').first()).toBeVisible();
    const found: string[] = [];
    const graphs = await lookAt(page);
    expect(graphs.length).toBeGreaterThanOrEqual(trials.length);
    for (const [index, seen] of graphs.entries()) {
      const trial = trials[Math.floor((index * trials.length) / graphs.length)]!;
      const kind = seen.name.startsWith('Reduction') ? 'reduction' : 'normal';
      const cell = ARCHITECTURES[trial - 1]![kind];
      found.push(...faultsOf(seen, cell).map((fault) => `${path}, ${kind} of trial ${trial}: ${fault}`));
    }
    return found;
  };

  for (const size of WINDOWS) {
    it(`have readable labels, no overlap and every part within reach at ${size.width} x ${size.height}`, async () => {
      await page.setViewportSize(size);
      const found: string[] = [];
      for (const trial of [1, 2, 3, 4]) found.push(...(await look(`/experiments/1?trial=${trial}&tab=cell`, [trial])));
      found.push(...(await look('/experiments/1?trial=2&tab=cell&cell=full', [2])));
      found.push(...(await look('/experiments/1/trials/3', [3])));
      found.push(...(await look('/experiments/1/compare?trials=1,2,3', [1, 2, 3])));
      expect(found).toEqual([]);
    }, 120_000);

    it(`tell every part whole and beside it at ${size.width} x ${size.height}`, async () => {
      await page.setViewportSize(size);
      await page.goto(`${headless.server.address}/experiments/1?trial=3&tab=cell`);
      await expectPage(page.getByRole('option').first()).toBeVisible();
      expect(await tooltipFaults(page)).toEqual([]);
    }, 120_000);
  }

  it('light up the path through a part and tell what it costs when it is pointed at', async () => {
    await page.setViewportSize(WINDOWS[0]!);
    await page.goto(`${headless.server.address}/experiments/1?trial=1&tab=cell`);
    const graph = page.getByRole('listbox', { name: 'Normal cell, 5 blocks' });
    await graph.getByRole('option', { name: /^block 1, left: separable 5×5/ }).hover();
    const tooltip = page.getByRole('tooltip');
    for (const word of ['operation', 'input', 'output', 'parameters', 'multiply-adds', 'of the cell']) {
      await expectPage(tooltip).toContainText(word);
    }
  });

  it('take the whole window by E, keep it in the address, and give it back by Escape', async () => {
    await page.getByRole('option').first().focus();
    await page.keyboard.press('e');
    const whole = page.getByRole('dialog');
    await expectPage(whole.getByRole('listbox')).toHaveCount(2);
    expect(new URL(page.url()).searchParams.get('cell')).toBe('full');
    await page.reload();
    await expectPage(whole.getByRole('table', { name: 'Operations of the Normal cell, 5 blocks' })).toContainText(
      'separable 5×5 convolution of h[i]',
    );
    await expectPage(whole.locator('pre')).toContainText('"sep_conv_5x5"');
    await page.keyboard.press('Escape');
    await expectPage(whole).toHaveCount(0);
    expect(new URL(page.url()).searchParams.get('cell')).toBeNull();
    expect(new URL(page.url()).searchParams.get('trial')).toBe('1');
  });

  it('go out as SVG, PNG and JSON, each as it is drawn', async () => {
    const saved = async (act: () => Promise<void>) => {
      const downloading = page.waitForEvent('download');
      await act();
      const download = await downloading;
      return { name: download.suggestedFilename(), path: await download.path() };
    };
    const choose = async (button: string, item: RegExp): Promise<void> => {
      await page.getByRole('button', { name: button }).click();
      await page.getByRole('menuitem', { name: item }).click();
    };
    const svg = await saved(() => choose('Save Normal cell', /^SVG/));
    expect(svg.name).toBe('trial-1-normal.svg');
    const title = 'Normal cell of trial 1';
    expect(readFileSync(svg.path, 'utf8')).toBe(cellToSvg(NASNET_A.normal, LIGHT, { title }));
    const png = await saved(() => choose('Save Reduction cell', /^PNG, 4×/));
    expect(png.name).toBe('trial-1-reduction@4x.png');
    const drawing = drawCell(NASNET_A.reduction);
    const { width, height, format } = await sharp(png.path).metadata();
    expect({ width, height, format }).toEqual({
      width: Math.floor((drawing.width + 2 * EXPORT_MARGIN) * 4),
      height: Math.floor((drawing.height + 2 * EXPORT_MARGIN) * 4),
      format: 'png',
    });
    const json = await saved(() => choose('More for this cell', /^Save JSON/));
    expect(json.name).toBe('trial-1.json');
    expect(parseArchitectureText(readFileSync(json.path, 'utf8'))).toEqual(NASNET_A);
  });

  it('are well-formed SVG files to a browser, for 200 random cells too', async () => {
    const cells = [NASNET_A.normal, NASNET_A.reduction, DEEPEST, WIDEST, ...proposedCells(8, 200)];
    const files = cells.map((cell) => cellToSvg(cell, LIGHT));
    const blank = await browser.newPage();
    const texts = await svgTexts(blank, files);
    await blank.close();
    for (const [index, cell] of cells.entries()) {
      for (const { label } of drawCell(cell).parts) if (label !== '') expect(texts[index]).toContain(label);
    }
  });

  it('had no console error and no violation of the page’s policy', () => {
    // Leaving a screen while its faces are on their way is no fault of the screen.
    expect(faults.filter((fault) => !fault.endsWith('net::ERR_ABORTED'))).toEqual([]);
  });
});
