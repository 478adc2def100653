import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTRACT_VERSION } from '../../../src/shared/contract.ts';
import { smallConfig } from '../workbench/small-project.ts';
import { type DesktopHome, desktopHome } from './desktop-home.ts';
import { openPage, startDesktop, until, visited } from './desktop-setting.ts';
import { buildBundle } from './main-bundle.ts';
import { Preventable, type RecordedContents, type RecordedElectron } from './recorded-electron.ts';

// The real main bundle, built by electron-vite, with a recorded Electron around it.

let home: DesktopHome;
let electron: RecordedElectron;

beforeAll(async () => {
  await buildBundle();
  home = desktopHome();
  Object.assign(process.env, home.environment);
  electron = await startDesktop({ argv: ['electron', '.', '--no-zygote', 'cellwright://experiments/7?view=cells'] });
});
afterAll(async () => {
  await end(electron);
  home.remove();
});

async function end(started: RecordedElectron): Promise<void> {
  started.presses.push(0);
  started.quit();
  await until(() => started.hasQuit);
}

describe('before Electron is ready', () => {
  it('gives app:// its privileges, without any that lift the policy, and puts everything into the sandbox', () => {
    const order = electron.calls.map(({ name }) => name);
    const ready = order.indexOf('ready');
    for (const name of ['protocol.registerSchemesAsPrivileged', 'app.enableSandbox', 'app.requestSingleInstanceLock']) {
      expect(order.indexOf(name)).toBeGreaterThanOrEqual(0);
      expect(order.indexOf(name)).toBeLessThan(ready);
    }
    expect(electron.named('protocol.registerSchemesAsPrivileged')).toEqual([
      [[{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } }]],
    ]);
  });

  it('keeps what Electron stores in the one folder for everything that is made', () => {
    expect(electron.named('app.setPath')).toEqual([['userData', join(home.folder, 'window')]]);
    expect(electron.app.listenerCount('open-url')).toBe(1);
  });
});

describe('the window', () => {
  it('is made once, with the hardened preferences and nothing more', () => {
    const made = electron.named('new BrowserWindow');
    expect(made).toHaveLength(1);
    const [[{ webPreferences }]] = made as [[{ webPreferences: Record<string, unknown> }]];
    expect(webPreferences).toEqual({
      preload: expect.stringMatching(/out[/\\]preload[/\\]preload\.cjs$/),
      contextIsolation: true,
      sandbox: true,
      webSecurity: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      devTools: true,
      spellcheck: false,
    });
    expect(Object.isFrozen(webPreferences)).toBe(true);
  });

  it('opens on the screen that a link names', () => {
    expect(electron.window.urls).toEqual(['app://cellwright/experiments/7?view=cells']);
  });

  it('stays: no other page, no window, no view', () => {
    const { webContents } = electron.window;
    const foreign = [
      'https://example.com/',
      'app://cellwright.evil/',
      'app://other/',
      'javascript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      'about:blank',
      'blob:https://example.com/1',
      'devtools://devtools/',
      'chrome://gpu/',
      'cellwright://experiments/1',
      'app:cellwright',
      '',
    ];
    for (const url of foreign) {
      for (const name of ['will-navigate', 'will-redirect', 'will-frame-navigate']) {
        expect([url, name, isPrevented(webContents, name, { url })]).toEqual([url, name, true]);
      }
      expect(webContents.openHandler?.({ url })).toEqual({ action: 'deny' });
    }
    expect(webContents.openHandler?.({ url: 'app://cellwright/' })).toEqual({ action: 'deny' });
    expect(isPrevented(webContents, 'will-attach-webview', {})).toBe(true);
    expect(isPrevented(webContents, 'will-navigate', { url: 'app://cellwright/experiments/1' })).toBe(false);
  });

  it('hardens whatever other contents come into being', () => {
    const other = new (webContentsOf(electron))(99, () => undefined);
    electron.app.emit('web-contents-created', {}, other);
    expect(isPrevented(other, 'will-navigate', { url: 'https://example.com/' })).toBe(true);
    expect(other.openHandler?.({ url: 'https://example.com/' })).toEqual({ action: 'deny' });
  });

  it('grants no permission but writing text to the clipboard, no device and no screen', () => {
    const { set } = electron.session;
    const asked = permissionsOfElectron();
    expect(asked.length).toBeGreaterThan(15);
    const granted = { request: [] as string[], check: [] as string[] };
    for (const permission of asked) {
      set.get('request')?.(...([{}, permission, (yes: boolean) => yes && granted.request.push(permission)] as never[]));
      if (set.get('check')?.(...([{}, permission] as never[]))) granted.check.push(permission);
    }
    expect(granted).toEqual({ request: ['clipboard-sanitized-write'], check: ['clipboard-sanitized-write'] });
    expect(set.get('device')?.()).toBe(false);
    let streams: unknown = null;
    set.get('display')?.(...([{}, (given: unknown) => (streams = given)] as never[]));
    expect(streams).toEqual({});
  });

  it('cuts off every request that does not go to its own origin', () => {
    const isCut = (url: string): boolean => {
      let isCancelled = false;
      const decide = ({ cancel }: { cancel: boolean }): void => {
        isCancelled = cancel;
      };
      electron.session.set.get('onBeforeRequest')?.(...([{ url }, decide] as never[]));
      return isCancelled;
    };
    expect(['https://example.com/', 'http://127.0.0.1:7317/', 'file:///etc/passwd', 'ws://evil/'].map(isCut)).toEqual(
      Array(4).fill(true),
    );
    expect(['app://cellwright/assets/a.js', 'blob:app://cellwright/1'].map(isCut)).toEqual([false, false]);
  });

  it('loads a crashed page again, three times in five minutes, then asks', async () => {
    const { window } = electron;
    const crash = (): boolean => window.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 });
    for (let time = 0; time < 3; time++) crash();
    expect(window.reloads).toBe(3);
    electron.presses.push(1, 0);
    crash();
    await until(() => electron.presses.length === 1);
    expect(window.reloads).toBe(3);
    crash();
    await until(() => window.reloads === 4);
    expect(electron.hasQuit).toBe(false);
    const log = readFileSync(join(home.folder, 'window', 'window.log'), 'utf8');
    expect(log).toContain('The page is gone (crashed, exit code 5)');
    electron.app.emit('child-process-gone', {}, { type: 'GPU', reason: 'oom' });
    expect(readFileSync(join(home.folder, 'window', 'window.log'), 'utf8')).toContain('A process of Electron is gone');
  });

  it('asks once whether a page that hangs is to be loaded again', async () => {
    const before = electron.window.reloads;
    electron.presses.push(0);
    electron.window.emit('unresponsive');
    electron.window.emit('unresponsive');
    await until(() => electron.window.reloads === before + 1);
    expect(electron.presses).toEqual([]);
  });
});

describe('app://', () => {
  const ask = async (url: string, method = 'GET'): Promise<Response> => {
    const request = {
      url,
      method,
      headers: new Headers({ 'accept-encoding': 'br, gzip' }),
      signal: new AbortController().signal,
    };
    // Made by hand: `Request` itself would mend some of these addresses.
    return await electron.handlers.get('app')!(request as unknown as Request);
  };

  it('serves the page on every screen, unencoded, with the policy', async () => {
    for (const url of ['app://cellwright/', 'app://cellwright/experiments/1/trials/2?x=1', 'app://cellwright/doctor']) {
      const answer = await ask(url);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(answer.headers.get('content-encoding')).toBeNull();
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("require-trusted-types-for 'script'");
      expect(policy).not.toMatch(/unsafe-|\*|data:|https?:/);
      expect(await answer.text()).toContain('<div id="root">');
    }
  });

  it('reaches no file outside of the page, however the path is written', async () => {
    const steps = [
      '..',
      '.%2e',
      '%2e%2e',
      '..%2f',
      '..%5c',
      '%252e%252e',
      '..;',
      '\\..',
      '..\\..',
      '//..',
      '%c0%ae%c0%ae',
    ];
    const files = ['main/index.js', 'package.json', 'etc/passwd', '%2fetc%2fpasswd', 'C:/Windows/win.ini', 'a%00.html'];
    const paths = steps.flatMap((step) =>
      files.flatMap((file) => [1, 2, 6].map((depth) => `${Array(depth).fill(step).join('/')}/${file}`)),
    );
    expect(paths.length).toBeGreaterThan(150);
    for (const path of paths) {
      const answer = await ask(`app://cellwright/${path}`);
      const text = await answer.text();
      // A path without a file type is a screen of the page, which knows no such screen.
      expect([path, answer.status === 404 || text.includes('<div id="root">')]).toEqual([path, true]);
      expect(answer.headers.get('content-security-policy')).not.toBeNull();
    }
  });

  it('answers nobody else: other hosts, other methods, other schemes', async () => {
    for (const url of [
      'app://cellwright.evil/',
      'app://other/',
      'app://cellwright:80/',
      'https://cellwright/',
      'nonsense',
    ]) {
      expect([url, (await ask(url)).status]).toEqual([url, 403]);
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      expect([method, (await ask('app://cellwright/', method)).status]).toEqual([method, 405]);
      expect((await ask('app://cellwright/api/experiment.list', method)).status).toBe(405);
    }
    expect((await ask('app://cellwright/api/experiment.list')).headers.get('content-type')).not.toContain('json');
  });
});

describe('messages from pages', () => {
  it('are heard from the main frame of our own page alone', async () => {
    const { webContents } = electron.window;
    const own = { url: 'app://cellwright/', parent: null };
    const foreign: Record<string, unknown>[] = [
      { senderFrame: null },
      { senderFrame: undefined },
      { senderFrame: { ...own, parent: own } },
      ...['app://cellwright.evil/', 'https://cellwright/', 'about:blank', 'file:///index.html', ''].map((url) => ({
        senderFrame: { ...own, url },
      })),
      { sender: { id: webContents.id + 1 } },
    ];
    const count = (): number => electron.named('send').length;
    const before = count();
    const call = (id: number): string => JSON.stringify({ kind: 'call', id, procedure: 'experiment.list', input: {} });
    const hello = JSON.stringify({ kind: 'hello', version: CONTRACT_VERSION, by: 'page' });
    electron.fromPage('workbench', JSON.stringify({ kind: 'open', number: 9 }));
    electron.fromPage('workbench', hello);
    for (const event of foreign) {
      electron.fromPage('workbench', call(1), event);
      electron.fromPage('workbench', JSON.stringify({ kind: 'open', number: 10 }), event);
    }
    for (const value of [null, 7, {}, '{', 'x'.repeat(2 ** 20 + 1), '[]']) electron.fromPage('workbench', value);
    webContents.isGone = true;
    electron.fromPage('workbench', call(2));
    webContents.isGone = false;
    electron.fromPage('workbench', call(3));
    await until(() => count() > before + 2);
    const answers = electron.named('send').slice(before);
    expect(answers).toEqual([
      ['workbench', JSON.stringify({ kind: 'opened', number: 9 })],
      ['workbench', JSON.stringify({ kind: 'hello', version: CONTRACT_VERSION })],
      ['workbench', JSON.stringify({ kind: 'result', id: 3, output: [] })],
    ]);
  });

  it('get a sentence in answer to a call that is too large, which is not carried out', async () => {
    const { client } = await openPage(electron);
    const message = 'The request is too large: at most 1,048,576 characters are taken. Ask for less at once.';
    const adding = client.call('dataset.add', { name: 'x'.repeat(2 ** 20) });
    await expect(adding).rejects.toMatchObject({ code: 'invalid_input', message });
    // Such as a handler would refuse it.
    const unknown = client.call('dataset.add', { name: 'x'.repeat(2 ** 19) });
    await expect(unknown).rejects.toMatchObject({ code: 'not_found' });
  });

  it('may wish for two things, and the folder that a person chooses never reaches the page', async () => {
    const before = electron.named('send').length;
    electron.fromPage('wish', 'open-project');
    electron.fromPage('wish', 'open-paper');
    electron.fromPage('wish', 'https://example.com/');
    electron.fromPage('wish', 'open-paper', { senderFrame: null });
    await until(() => electron.named('dialog.showOpenDialog').length === 1);
    expect(electron.named('shell.openExternal')).toEqual([['https://arxiv.org/abs/1707.07012']]);
    expect(electron.named('send').length).toBe(before);
  });
});

describe('the menu', () => {
  interface Item {
    readonly label?: string;
    readonly role?: string;
    readonly accelerator?: string;
    readonly submenu?: readonly Item[];
    readonly click?: () => void;
  }
  const items = (list: readonly Item[]): Item[] => list.flatMap((item) => [item, ...items(item.submenu ?? [])]);

  it('gives no key to two items', () => {
    const keys = items(electron.menu as Item[]).flatMap(({ accelerator }) => accelerator ?? []);
    expect(keys.length).toBeGreaterThan(4);
    const normal = keys.map((key) => key.replace('CmdOrCtrl', 'Ctrl').toLowerCase());
    expect(new Set(normal).size).toBe(normal.length);
  });

  it('sends the page commands and screens, never more', async () => {
    const before = electron.calls.length;
    for (const { label, click } of items(electron.menu as Item[])) if (label !== 'Open project…') click?.();
    const done = electron.calls.slice(before).map(({ name, values }) => [name, ...values]);
    expect(done).toEqual([
      ['send', 'navigate', '/new'],
      ['send', 'navigate', '/'],
      ['send', 'command', 'palette'],
      ['goBack'],
      ['goForward'],
      ['send', 'command', 'theme'],
      ['send', 'command', 'pause-or-resume'],
      ['send', 'navigate', '/doctor'],
      ['send', 'command', 'log'],
      ['send', 'command', 'shortcuts'],
      ['shell.openExternal', 'https://arxiv.org/abs/1707.07012'],
    ]);
  });
});

describe('a second start', () => {
  it('brings the window to the front and hands its link over', async () => {
    const page = '/experiments/3/trials/4';
    electron.app.emit('second-instance', {}, [], '', { project: null, page, trainers: 'process' });
    await until(() => electron.named('send').some(([channel, value]) => channel === 'navigate' && value === page));
    expect(electron.named('window.restore')).toHaveLength(1);
    expect(electron.named('window.focus')).toHaveLength(1);
  });

  it('is what a link on a Mac comes to as well', async () => {
    const event = new Preventable();
    electron.app.emit('open-url', event, 'cellwright://experiments/5');
    electron.app.emit('open-url', new Preventable(), 'cellwright://doctor/../x');
    await until(() => electron.named('window.focus').length === 3);
    expect(event.defaultPrevented).toBe(true);
    const shown = electron.named('send').filter(([channel]) => channel === 'navigate');
    expect(shown.at(-1)).toEqual(['navigate', '/experiments/5']);
  });

  it('is only brought to the front for when it hands over nonsense', async () => {
    const before = electron.named('send').length;
    for (const data of [null, { project: 'relative', page: null, trainers: 'process' }, { page: 'https://x' }, 'x']) {
      electron.app.emit('second-instance', {}, [], '', data);
    }
    await until(() => electron.named('window.focus').length === 7);
    expect(electron.named('send').length).toBe(before);
  });

  it('ends at once when it is one, with no window and no project', async () => {
    const second = await startDesktop({ isSecond: true, argv: ['electron', '.', 'cellwright://experiments/2'] });
    second.ready();
    expect(second.hasQuit).toBe(true);
    expect(second.windows).toEqual([]);
    expect(second.named('app.requestSingleInstanceLock')[0]).toEqual([
      { project: null, page: '/experiments/2', trainers: 'process' },
    ]);
    expect([...second.handlers]).toEqual([]);
  });
});

describe('a search', () => {
  it('keeps the machine awake, is asked about before it is left, and goes on at the next start', async () => {
    const { client } = await openPage(electron);
    const config = smallConfig({ name: 'night run', budget: { trials: 2, timeLimitMs: 0 } });
    expect(electron.blocks.size).toBe(0);
    const { id } = await client.call('experiment.create', { config });
    await until(async () => (await client.call('experiment.get', { experiment: id })).counts.running === 2);
    expect(electron.blocks.size).toBe(1);
    expect(electron.named('powerSaveBlocker.start')).toEqual([['prevent-app-suspension']]);

    const asked = electron.named('dialog.showMessageBox').length;
    electron.presses.push(1);
    electron.window.close();
    await until(() => electron.named('dialog.showMessageBox').length === asked + 1);
    expect(electron.named('dialog.showMessageBox').at(-1)).toMatchObject([
      {
        message: 'A search is running.',
        detail: 'night run: trials 1 and 2 in training.\nRunning trials are saved and go on at the next start.',
        buttons: ['Save and quit', 'Keep running'],
        defaultId: 1,
        cancelId: 1,
      },
    ]);
    await until(() => electron.presses.length === 0);
    expect(electron.hasQuit).toBe(false);
    expect((await client.call('experiment.get', { experiment: id })).state).toBe('running');

    await end(electron);
    expect(electron.blocks.size).toBe(0);
    expect(electron.notifications).toEqual([]);
    expect([...electron.handlers]).toEqual([]);
    expect(JSON.parse(readFileSync(join(home.folder, 'window', 'bounds.json'), 'utf8'))).toMatchObject({
      x: 11,
      y: 22,
    });

    electron = await startDesktop();
    expect(electron.named('new BrowserWindow')[0]?.[0]).toMatchObject({ x: 11, y: 22, width: 1300, height: 800 });
    expect(electron.blocks.size).toBe(1);
    const again = await openPage(electron);
    await until(async () => (await again.client.call('experiment.get', { experiment: id })).counts.running === 2);
    expect(electron.blocks.size).toBe(1);
  });

  it('is told of by the system when it ends, and not when a person pauses it', async () => {
    const { client } = await openPage(electron);
    const paused = await client.call('experiment.pause', { experiment: 1 });
    expect(paused.state).toBe('paused');
    await until(() => electron.blocks.size === 0);
    expect(electron.notifications).toEqual([]);
    await client.call('experiment.resume', { experiment: 1 });
    await until(() => electron.blocks.size === 1);
    home.finish();
    await until(() => electron.notifications.length === 1);
    expect(electron.blocks.size).toBe(0);
    const told = takeNotification(electron);
    expect(told.deref()?.options.title).toBe('night run: the search ended');
    expect(told.deref()?.options.body).toMatch(/^2 trials in \d+ s\. Best 50\.00 %, trial \d\.$/);
    // It can be clicked as long as it is shown, though nothing else holds it; then it is let go.
    await collectGarbage();
    expect(told.deref()?.emit('click')).toBe(true);
    await until(() => visited.includes('/experiments/1'));
    await collectGarbage();
    expect(told.deref()).toBeUndefined();
  });

  it('opens another project in the same window when a person chooses its folder', async () => {
    electron.folders.push(join(home.folder, 'other'));
    const before = electron.window.urls.length;
    electron.fromPage('wish', 'open-project');
    await until(() => electron.window.urls.length === before + 1);
    const { client } = await openPage(electron);
    expect(await client.call('experiment.list', {})).toEqual([]);
    expect(electron.named('dialog.showMessageBox')).toEqual([]);
  });

  it('opens the chosen project also when the one before can’t be closed cleanly, and logs why', async () => {
    const protocol = electron.module.protocol as { unhandle: (scheme: string) => unknown };
    const { unhandle } = protocol;
    protocol.unhandle = (scheme) => {
      protocol.unhandle = unhandle;
      unhandle(scheme);
      throw new Error('the scheme is stuck');
    };
    electron.folders.push(join(home.folder, 'third'));
    const before = electron.window.urls.length;
    electron.fromPage('wish', 'open-project');
    await until(() => electron.window.urls.length === before + 1);
    const { client } = await openPage(electron);
    expect(await client.call('experiment.list', {})).toEqual([]);
    expect(readFileSync(join(home.folder, 'window', 'window.log'), 'utf8')).toContain('the scheme is stuck');
  });

  it('stays with its project when the chosen one can’t be opened', async () => {
    electron.folders.push(join(home.folder, 'train-images.bin', '..', 'datasets', 'small', 'manifest.json'));
    const before = electron.window.urls.length;
    electron.fromPage('wish', 'open-project');
    await until(() => electron.window.urls.length === before + 1);
    expect(electron.named('dialog.showMessageBox')).toMatchObject([[{ message: 'The project could not be opened.' }]]);
    const { client } = await openPage(electron);
    expect(await client.call('experiment.list', {})).toEqual([]);
  });
});

describe('without a Node to train with', () => {
  it('says so with the remedy, and quits when asked to', async () => {
    await end(electron);
    const { CELLWRIGHT_NODE } = process.env;
    process.env.CELLWRIGHT_NODE = '';
    const started = await startDesktop({ isPackaged: true, argv: ['cellwright'] });
    process.env.CELLWRIGHT_NODE = CELLWRIGHT_NODE;
    expect(started.hasQuit).toBe(true);
    expect(started.windows).toEqual([]);
    const [[box] = []] = started.named('dialog.showMessageBox') as unknown as [{ detail: string }][];
    expect(box?.detail).toContain('npm run setup');
    expect(box?.detail).toContain(home.folder);
    expect(started.named('app.setAsDefaultProtocolClient')).toEqual([['cellwright']]);
  });
});

/** The only notification, which the recorded system forgets. */
function takeNotification(recorded: RecordedElectron) {
  return new WeakRef(recorded.notifications.pop()!);
}

async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // What a WeakRef gave in this turn is held until its end.
  for (let turn = 0; turn < 3; turn++) {
    await setImmediate();
    collect();
  }
}

function isPrevented(contents: RecordedContents, name: string, details: object): boolean {
  const event = Object.assign(new Preventable(), details);
  contents.emit(name, event);
  return event.defaultPrevented;
}

function webContentsOf(recorded: RecordedElectron) {
  return recorded.window.webContents.constructor as typeof RecordedContents;
}

/** Every permission that Electron's own typings name, and one that it may come to name. */
function permissionsOfElectron(): string[] {
  const typings = readFileSync(new URL('../../../node_modules/electron/electron.d.ts', import.meta.url), 'utf8');
  const lines = typings.split('\n').filter((line) => /setPermission(Request|Check)Handler\(/.test(line));
  const names = lines.flatMap((line) => [...line.matchAll(/'([a-z][\w-]+)'/gi)].map(([, name]) => name ?? ''));
  return [...new Set([...names, 'clipboard-sanitized-write', 'something-new'])];
}
