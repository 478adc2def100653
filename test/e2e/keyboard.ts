import type { JSHandle, Locator, Page } from '@playwright/test';
import { expect } from 'vitest';
import { focusedWordsInPage, focusFaultsInPage, focusInPage, isAmong, isFocus } from './keyboard-in-page.js';
import { expectPage } from './patient-page.ts';

/** More stops than any screen has, its whole table of hyper-parameters included. */
const MOST_STOPS = 120;
const MOST_PANES = 8;

/**
 * Goes with Tab until the wished element has the focus, and looks that the focus can be seen. The element has to be there;
 * it need not be in view.
 */
export async function tabTo(page: Page, wished: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await expectPage(wished).toHaveCount(1);
  await goWith(page, key, wished, MOST_STOPS);
  expect(await focusFaults(page)).toEqual([]);
}

/** Goes with F6 to a table, a graph or tabs. */
export async function paneTo(page: Page, wished: Locator): Promise<void> {
  await expectPage(wished).toHaveCount(1);
  await goWith(page, 'F6', wished, MOST_PANES);
  expect(await focusFaults(page)).toEqual([]);
}

async function goWith(page: Page, key: string, wished: Locator, most: number): Promise<void> {
  const passed: string[] = [];
  for (let stops = 0; stops < most; stops++) {
    await page.keyboard.press(key);
    const isThere = await wished.evaluateAll(isAmong);
    if (isThere) return;
    passed.push(await focusedWords(page));
  }
  throw new Error(`${key} never came to ${wished}. It came to: ${passed.join(' | ')}`);
}

/** Tag and name of what has the focus, for messages. */
export const focusedWords = (page: Page): Promise<string> => page.evaluate(focusedWordsInPage);

/**
 * What keeps a person from seeing where the focus is: no outline of 2 px on it, on what it names as active, or on the card
 * around it; or nothing of it in sight.
 */
export const focusFaults = (page: Page): Promise<string[]> => page.evaluate(focusFaultsInPage);

/** Writes over what a text field has; the field has the focus. */
export async function overwrite(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+A');
  await page.keyboard.type(text);
}

/** Opens something, closes it with Escape, and looks that the focus is where it was. */
export async function escapeReturns(page: Page, open: () => Promise<void>, opened: Locator): Promise<void> {
  const before = await page.evaluateHandle(focusInPage);
  await open();
  await expectPage(opened).toBeVisible();
  await page.keyboard.press('Escape');
  await expectPage(opened).toBeHidden();
  await expectFocusAt(page, before);
}

async function expectFocusAt(page: Page, wished: JSHandle): Promise<void> {
  await expectPage
    .poll(() => page.evaluate(isFocus, wished), {
      message: `the focus is at ${await focusedWords(page)}`,
    })
    .toBe(true);
}
