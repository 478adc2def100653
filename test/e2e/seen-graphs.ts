import type { Page } from '@playwright/test';
import type { Box } from '../../src/renderer/graphs/pill-shape.ts';
import { isPainted, lookInPage, nextFrame, textsOfSvg, tooltipFaultsInPage } from './graphs-in-page.js';

/** A graph as it stands on the screen; boxes in CSS pixels from the upper left corner of its pane. */
export interface SeenGraph {
  /** Of the listbox. */
  readonly name: string;
  /** How the drawing is laid into its pane: a point `p` shows at `p * zoom + x`. */
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
  readonly parts: readonly { readonly id: string; readonly box: Box }[];
  /** Parts that do not show whole when they have the focus. */
  readonly outOfReach: readonly string[];
  /** Pills in sight that the canvas does not show in the place of their option. */
  readonly unpainted: readonly string[];
}

/** Looks at every graph of the page once it is painted, and takes the focus through all of its parts. */
export async function lookAt(page: Page): Promise<readonly SeenGraph[]> {
  // The canvas is painted when the face of its labels is there.
  await page.waitForFunction(isPainted);
  await page.evaluate(nextFrame);
  return page.evaluate(lookInPage);
}

/** What is wrong with the tooltips of the parts of all graphs: missing, clipped by the window, or over their part. */
export const tooltipFaults = (page: Page): Promise<string[]> => page.evaluate(tooltipFaultsInPage);

/** The texts of SVG files as a browser reads them. */
export const svgTexts = (page: Page, files: readonly string[]): Promise<string[][]> => page.evaluate(textsOfSvg, files);
