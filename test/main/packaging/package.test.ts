import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { build } from 'electron-builder';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { trainerEnvironment } from '../../../src/main/hosts/trainer-environment.ts';
import { FUSES, setFuses } from '../../../src/main/packaging/fuses.ts';
import { drawIcons, ICON_SIZES } from '../../../src/main/packaging/icons.ts';
import { packageConfig } from '../../../src/main/packaging/package-config.ts';
import { PROJECT_ROOT } from '../../../src/main/setup/runtime.mjs';
import { buildBundle } from '../electron/main-bundle.ts';
import { writeElectronFolder, writeFuseFile } from './synthetic-electron.ts';

const ALL_FUSES = Object.values(FuseV1Options).filter((value) => typeof value === 'number');
/** Electron as it is delivered, but for cookies: RunAsNode, NodeOptions and the rest of the doors open. */
const DELIVERED = '101100011'.slice(0, ALL_FUSES.length);

let folder: string;
let config: ReturnType<typeof packageConfig>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cellwright-package-'));
  const places = { output: join(folder, 'made'), icons: join(folder, 'icons'), electron: join(folder, 'electron') };
  config = packageConfig({ root: PROJECT_ROOT, ...places });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('decides on every fuse that Electron has, and closes what lets others in', () => {
  const decided = ALL_FUSES.map((fuse) => [FuseV1Options[fuse], FUSES[fuse as keyof typeof FUSES]]);
  expect(Object.fromEntries(decided)).toEqual({
    RunAsNode: false,
    EnableCookieEncryption: true,
    EnableNodeOptionsEnvironmentVariable: false,
    EnableNodeCliInspectArguments: false,
    EnableEmbeddedAsarIntegrityValidation: true,
    OnlyLoadAppFromAsar: true,
    LoadBrowserProcessSpecificV8Snapshot: false,
    GrantFileProtocolExtraPrivileges: false,
    WasmTrapHandlers: true,
  });
});

it('sets the fuses in a program that holds the documented wire', async () => {
  const file = join(folder, 'cellwright');
  writeFuseFile(file, DELIVERED);
  const packager = { executableName: 'cellwright', appInfo: { productFilename: 'Cellwright' } };
  await setFuses({ appOutDir: folder, electronPlatformName: 'linux', packager });
  await expectFuses(file);
});

it('refuses a program with a fuse that nobody has decided on', async () => {
  writeFuseFile(join(folder, 'newer'), `${DELIVERED}0`);
  const packager = { executableName: 'newer', appInfo: { productFilename: 'Cellwright' } };
  await expect(setFuses({ appOutDir: folder, electronPlatformName: 'linux', packager })).rejects.toThrow(/fuse/i);
});

it('draws the icon in every size', async () => {
  await drawIcons(join(PROJECT_ROOT, 'resources', 'icon.svg'), join(folder, 'icons'));
  for (const size of ICON_SIZES) {
    const { data, info } = await sharp(join(folder, 'icons', `${size}x${size}.png`))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([size, size, 4]);
    expect([...data.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
    const middle = (size * (size / 2) + size / 2) * 4;
    expect(data[middle + 3]).toBe(255);
  }
});

it('satisfies electron-builder’s own schema, for three systems', async () => {
  const require = createRequire(import.meta.url);
  const load = require('app-builder-lib/out/util/config/config') as { validateConfiguration: typeof validate };
  const { DebugLogger } = require('builder-util') as { DebugLogger: new (isOn: boolean) => unknown };
  const logger = new DebugLogger(false);
  await load.validateConfiguration(config, logger);
  await expect(load.validateConfiguration({ ...config, asarUnpacked: [] }, logger)).rejects.toThrow('asarUnpacked');
  expect(config.linux?.target).toEqual(['AppImage', 'deb']);
  expect([config.win, config.mac]).toMatchObject([{ target: 'nsis' }, { target: 'dmg' }]);
  expect(config.protocols).toEqual({ name: 'Cellwright', schemes: ['cellwright'] });
});
declare function validate(config: unknown, logger: unknown): Promise<void>;

it.skipIf(process.platform !== 'linux')(
  'packs the app around an Electron, and a plain Node trains out of it',
  async () => {
    await buildBundle();
    writeElectronFolder(join(folder, 'electron'), DELIVERED);
    await build({ projectDir: PROJECT_ROOT, config, dir: true, publish: 'never' });
    const made = join(folder, 'made', 'linux-unpacked');
    await expectFuses(join(made, 'cellwright'));
    const resources = join(made, 'resources');
    const inside = filesOf(join(resources, 'app.asar'));
    for (const file of ['package.json', 'out/main/index.js', 'out/preload/preload.cjs', 'out/renderer/index.html']) {
      expect(inside).toContain(file);
    }
    expect(inside.filter((file) => /^(src|test)\//.test(file)).sort()).toEqual([
      'src/main/setup/native/prove-tensorflow.ts',
      'src/main/setup/native/session-options.h',
      'src/main/setup/native/unpack-wheel.py',
    ]);
    const packages = new Set(inside.flatMap((file) => /^node_modules\/((@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []));
    expect([...packages].sort()).toEqual(
      expect.arrayContaining([
        `@img/sharp-${process.platform}-${process.arch}`,
        'better-sqlite3',
        'detect-libc',
        'sharp',
      ]),
    );
    expect([...packages].filter((name) => !/^(@img\/|better-sqlite3$|detect-libc$|semver$|sharp$)/.test(name))).toEqual(
      [],
    );
    const beside = join(resources, 'app.asar.unpacked');
    for (const name of [
      'trainer-process',
      'training-thread',
      'controller-thread',
      'backups-check-thread',
      'carry-out-run',
      'convert-cifar10',
    ]) {
      expect(existsSync(join(beside, 'out', 'main', `${name}.js`))).toBe(true);
    }
    expect(readdirSync(join(beside, 'node_modules', 'better-sqlite3', 'prebuilds'))).toContain(
      `${process.platform}-${process.arch}.node`,
    );
    expect(await firstWord(join(beside, 'out', 'main'))).toMatchObject({ kind: 'ready', tensorflow: 'none' });
  },
);

/** What a trainer host out of the package says first, started by this Node with packages from elsewhere. */
function firstWord(program: string): Promise<unknown> {
  const training = new URL('../electron/scripted-training.ts', import.meta.url).href;
  const host = spawn(process.execPath, [join(program, 'trainer-process.js'), training], {
    env: { ...trainerEnvironment(0, { cores: 2, gpus: [], hosts: 1 }), NODE_PATH: join(PROJECT_ROOT, 'node_modules') },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  return new Promise((resolve, reject) => {
    host.on('message', (message: { kind: string; message?: string }) => {
      if (message.kind === 'heartbeat') return;
      if (message.kind === 'log') reject(new Error(message.message));
      else resolve(message);
      host.kill('SIGKILL');
    });
    host.on('error', reject);
    host.on('exit', () => reject(new Error('the host ended without a word')));
  });
}

async function expectFuses(program: string): Promise<void> {
  const wire = await getCurrentFuseWire(program);
  for (const fuse of ALL_FUSES) {
    const wanted = FUSES[fuse as keyof typeof FUSES] ? FuseState.ENABLE : FuseState.DISABLE;
    expect([FuseV1Options[fuse], wire[fuse as FuseV1Options]]).toEqual([FuseV1Options[fuse], wanted]);
  }
}

interface AsarEntry {
  readonly files?: Readonly<Record<string, AsarEntry>>;
}

/** Names in an archive: four sizes of four bytes, then its table as JSON. */
function filesOf(archive: string): string[] {
  const bytes = readFileSync(archive);
  const table = JSON.parse(bytes.subarray(16, 16 + bytes.readUInt32LE(12)).toString('utf8')) as AsarEntry;
  const walk = (entry: AsarEntry, path: string): string[] =>
    Object.entries(entry.files ?? {}).flatMap(([name, inner]) =>
      inner.files ? walk(inner, `${path}${name}/`) : [`${path}${name}`],
    );
  return walk(table, '');
}
