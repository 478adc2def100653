import { describe, expect, it } from 'vitest';
import { exitOfSignal, explainError } from '../../../src/main/terminal/exit.ts';
import { Output, wantsColor } from '../../../src/main/terminal/output.ts';
import { startFolder } from '../../../src/main/terminal/terminal.ts';
import { WORKBENCH_ERROR_CODES, WorkbenchError } from '../../../src/shared/workbench-error.ts';

const stream = (isTTY: boolean) => ({ isTTY, columns: 40, write: () => true });

describe('what a command writes', () => {
  it('is coloured on a terminal alone, and never where colours are not wanted', () => {
    const streams = { out: stream(true), err: stream(false) };
    const coloured = new Output(streams, { json: false, color: true });
    expect(coloured.paint('red')('x')).toBe('\u001b[31mx\u001b[39m');
    expect(coloured.paintNote('red')('x')).toBe('x');
    expect(new Output(streams, { json: false, color: false }).paint('red')('x')).toBe('x');
  });

  it('is cut to the terminal, and not cut where nobody reads it on one', () => {
    const streams = (isTTY: boolean) => ({ out: stream(isTTY), err: stream(isTTY) });
    expect(new Output(streams(true), { json: false, color: true }).width).toBe(40);
    expect(new Output(streams(false), { json: false, color: true }).width).toBeGreaterThan(1000);
  });

  it('takes NO_COLOR with any text, --no-color and a dumb terminal for a wish for none', () => {
    expect(wantsColor({}, true)).toBe(true);
    expect(wantsColor({ NO_COLOR: '' }, true)).toBe(true);
    expect(wantsColor({ NO_COLOR: '0' }, true)).toBe(false);
    expect(wantsColor({ TERM: 'dumb' }, true)).toBe(false);
    expect(wantsColor({}, false)).toBe(false);
  });
});

describe('how an error is told', () => {
  it('is the sentence of the workbench, with exit code 2 for what was asked wrongly and 1 for what failed', () => {
    const codes = WORKBENCH_ERROR_CODES.map((code) => [code, explainError(new WorkbenchError(code, 'So.')).exitCode]);
    expect(Object.fromEntries(codes)).toEqual({
      invalid_input: 2,
      not_found: 2,
      conflict: 1,
      corrupt: 1,
      newer_version: 1,
      read_only: 1,
      disk_full: 1,
      unavailable: 1,
      cancelled: 130,
      internal: 1,
    });
    expect(explainError(new WorkbenchError('conflict', 'So.'))).toMatchObject({ sentence: 'So.', isUnexpected: false });
  });

  it('names a full disk and a missing permission, and calls what nobody expected a bug', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(explainError(full)).toMatchObject({
      exitCode: 1,
      isUnexpected: false,
      sentence: expect.stringContaining('disk is full'),
    });
    const denied = Object.assign(new Error('EACCES'), { code: 'EACCES', path: '/there' });
    expect(explainError(denied)).toMatchObject({ sentence: expect.stringContaining('/there'), isUnexpected: false });
    expect(explainError(new TypeError('x is no function'))).toMatchObject({ exitCode: 1, isUnexpected: true });
  });

  it('counts an end by a signal as shells do', () => {
    expect([exitOfSignal('SIGINT'), exitOfSignal('SIGTERM'), exitOfSignal('SIGHUP')]).toEqual([130, 143, 129]);
  });
});

describe('where relative paths start', () => {
  it('is the folder that npm was called in, which npm itself has left for the package', () => {
    const npm = { INIT_CWD: '/home/me/images', npm_lifecycle_event: 'cellwright' };
    expect(startFolder('/package', '/package', npm)).toBe('/home/me/images');
    // A program that npm's script started somewhere else has chosen its folder itself.
    expect(startFolder('/package', '/elsewhere', npm)).toBe('/elsewhere');
    expect(startFolder('/package', '/package', {})).toBe('/package');
  });
});
