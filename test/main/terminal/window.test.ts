import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findElectron, hasDisplay, installedElectron, runWindow } from '../../../src/main/terminal/window.ts';

let root: string;
let electron: string;
const said: string[] = [];
const search = () => ({
  root,
  environment: { PATH: process.env.PATH },
  tell: (sentence: string) => said.push(sentence),
});

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cellwright-window-'));
  electron = join(root, 'node_modules', 'electron');
  mkdirSync(electron, { recursive: true });
  said.length = 0;
});
afterEach(() => rmSync(root, { recursive: true }));

/** An installer as Electron's package has one. */
const installer = (text: string): void => writeFileSync(join(electron, 'install.js'), text);

it('looks for a screen where a window would be seen', () => {
  expect(hasDisplay('linux', {})).toBe(false);
  expect(hasDisplay('linux', { DISPLAY: '' })).toBe(false);
  expect(hasDisplay('linux', { DISPLAY: ':0' })).toBe(true);
  expect(hasDisplay('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe(true);
  expect(hasDisplay('darwin', {})).toBe(true);
  expect(hasDisplay('darwin', { SSH_CONNECTION: '10.0.0.1 50000 10.0.0.2 22' })).toBe(false);
  expect(hasDisplay('win32', {})).toBe(true);
});

describe('Electron’s program', () => {
  it('is fetched once, by the installer of its package', async () => {
    installer(`
      const fs = require('node:fs');
      fs.mkdirSync(__dirname + '/dist', { recursive: true });
      fs.writeFileSync(__dirname + '/dist/electron', '');
      fs.writeFileSync(__dirname + '/path.txt', 'electron');
      fs.appendFileSync(__dirname + '/fetched', 'x');
    `);
    const program = join(electron, 'dist', 'electron');
    expect(installedElectron(root, {})).toBeNull();
    expect(await findElectron(search())).toEqual({ program });
    expect(await findElectron(search())).toEqual({ program });
    expect(said).toEqual(['Fetching Electron, about 110 MB, once.']);
    expect(readFileSync(join(electron, 'fetched'), 'utf8')).toBe('x');
  });

  it('is done without when it can’t be had, with the reason in one line and no address in it', async () => {
    installer(
      `console.error('RequestError: connect ECONNREFUSED https://files.example/electron.zip\\n  at x'); process.exit(1)`,
    );
    expect(await findElectron(search())).toEqual({
      program: null,
      reason: 'RequestError: connect ECONNREFUSED its server',
    });
  });

  it('is not looked for where its package is not installed', async () => {
    expect(await findElectron(search())).toEqual({ program: null, reason: 'it is not among the packages' });
    expect(said).toEqual([]);
  });
});

describe('the window', () => {
  const program = (text: string): string => {
    const file = join(root, 'program');
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
    return file;
  };
  const start = (text: string) =>
    runWindow({
      electron: program(text),
      root,
      project: '/projects/a b',
      home: root,
      environment: { PATH: process.env.PATH },
    });

  it.skipIf(process.platform === 'win32')(
    'is given the project, the home folder and the Node to train with',
    async () => {
      expect(await start('echo "$@|$CELLWRIGHT_HOME|$CELLWRIGHT_NODE" > "$CELLWRIGHT_HOME/said"')).toBe(true);
      expect(readFileSync(join(root, 'said'), 'utf8')).toBe(
        `${root} --project=/projects/a b|${root}|${process.execPath}\n`,
      );
    },
  );

  it('was not shown when Electron fails at once or can’t be run', async () => {
    expect(await start('exit 127')).toBe(false);
    expect(await start('kill -TRAP $$')).toBe(false);
    const missing = join(root, 'missing');
    expect(await runWindow({ electron: missing, root, project: '/', home: root, environment: {} })).toBe(false);
  });
});
