import { mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/main/fetch/explain.mjs';
import { npmReason } from '../../../src/main/fetch/npm-package.mjs';
import { createProgress, formatBytes, formatSeconds } from '../../../src/main/fetch/progress.mjs';
import { temporaryFolder } from '../setup/setting.ts';

function failureOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

describe('explain', () => {
  it.skipIf(process.platform !== 'linux')('knows a full disk, from the device that always is', () => {
    const error = failureOf(() => writeSync(openSync('/dev/full', 'w'), 'x'));
    expect(explain(error)).toMatchObject({ code: 'disk_full', message: expect.stringContaining('CELLWRIGHT_HOME') });
  });

  it.skipIf(process.platform !== 'linux')('knows a place that nobody may write', () => {
    const error = failureOf(() => mkdirSync('/sys/cellwright'));
    expect(explain(error)).toMatchObject({ code: 'read_only', message: expect.stringContaining('/sys/cellwright') });
  });

  it('knows a file where a folder should be', () => {
    const file = path.join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(explain(failureOf(() => mkdirSync(path.join(file, 'x'))))).toMatchObject({ code: 'invalid_input' });
  });

  it('leaves a bug as it is', () => {
    const bug = new TypeError('undefined is not a function');
    expect(explain(bug)).toBe(bug);
  });
});

describe('npmReason', () => {
  it("keeps npm's code and reason, and no address", () => {
    const words = [
      'npm error code E404',
      'npm error 404 Not Found - GET https://example.org/secret/pkg - Not found',
      'npm error A complete log of this run can be found in: /home/me/.npm/_logs/x.log',
    ].join('\n');
    expect(npmReason(words)).toBe('E404, 404 Not Found - GET the registry - Not found');
    expect(npmReason('')).toBe('no reason given');
  });
});

describe('progress', () => {
  function progressOn(isTTY: boolean) {
    let text = '';
    let clock = 0;
    const stream = { isTTY, columns: 100, write: (part: string) => (text += part) };
    return { progress: createProgress(stream, () => clock), read: () => text, pass: (ms: number) => (clock += ms) };
  }

  it('is one line a step where there is no terminal', () => {
    const { progress, read, pass } = progressOn(false);
    progress.step('fetching a thing', 274_000_871);
    for (let bytes = 0; bytes < 5; bytes++) {
      pass(1000);
      progress.update(bytes * 50e6);
    }
    progress.step('installing', 0);
    progress.say('ready');
    progress.end();
    expect(read()).toBe('setup: fetching a thing (274 MB)\nsetup: installing\nsetup: ready\n');
  });

  it('is rewritten in place on a terminal, with bytes and the time left', () => {
    const { progress, read, pass } = progressOn(true);
    progress.step('fetching a thing', 200e6);
    pass(10_000);
    progress.update(50e6);
    expect(read().split('\r\x1b[2K').at(-1)).toBe('setup: fetching a thing  50 MB of 200 MB, 30 s left');
    progress.end();
    expect(read().endsWith('\r\x1b[2K')).toBe(true);
    expect(read()).not.toContain('\n');
  });

  it('counts in units that people read', () => {
    expect([formatBytes(0), formatBytes(1500), formatBytes(3.25e6), formatBytes(1.26e9)]).toEqual([
      '0 kB',
      '2 kB',
      '3 MB',
      '1.3 GB',
    ]);
    expect([formatSeconds(0.4), formatSeconds(59.4), formatSeconds(61), formatSeconds(600)]).toEqual([
      '0 s',
      '59 s',
      '1 min 1 s',
      '10 min 0 s',
    ]);
  });
});
