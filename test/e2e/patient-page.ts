import { expect as playwrightExpect } from '@playwright/test';

/** Waits for states of a page. Generous: the machine may be busy with trainings. */
export const expectPage = playwrightExpect.configure({ timeout: 30_000 });
