import { expect, it } from 'vitest';
import { readingOf } from '../../../src/renderer/charts/chart-reading.ts';
import { WorkbenchError } from '../../../src/shared/workbench-error.ts';

it('a chart is known to be empty only when all that it is made from was read', () => {
  const ready = { kind: 'ready', value: [] } as const;
  const failed = { kind: 'failed', error: new WorkbenchError('internal', 'Broken.'), retry: () => undefined } as const;
  expect(readingOf([ready, ready])).toEqual({ isRead: true, failures: [] });
  expect(readingOf([ready, { kind: 'loading' }])).toEqual({ isRead: false, failures: [] });
  expect(readingOf([ready, failed])).toEqual({ isRead: false, failures: [failed] });
});
