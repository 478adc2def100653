import { expect, it } from 'vitest';
import { WorkbenchError } from '../../src/shared/workbench-error.ts';

it('keeps its code, its sentence and its cause', () => {
  const cause = new Error('ENOSPC');
  const error = new WorkbenchError('disk_full', 'The disk is full.', { cause });
  expect(error).toBeInstanceOf(Error);
  expect([error.name, error.code, error.message, error.cause]).toEqual([
    'WorkbenchError',
    'disk_full',
    'The disk is full.',
    cause,
  ]);
});
