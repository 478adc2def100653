import type { Page } from '@playwright/test';
import { layoutFaultsInPage } from './layout-in-page.js';

/**
 * What is wrong with how the texts and controls of the page lie, a sentence each: texts that are cut without an ellipsis
 * and a title, or that lie outside the window where nothing scrolls; texts over one another in one layer; controls that
 * can be pressed on less than 24 x 24; texts under 12 px; a window that scrolls. Drawings on a canvas and thumbnails are
 * no texts to it, and parts of a graph have tests of their own.
 */
export const layoutFaults = (page: Page): Promise<string[]> => page.evaluate(layoutFaultsInPage);
