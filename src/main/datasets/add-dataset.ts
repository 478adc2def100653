import path from 'node:path';
import type { Dataset } from '../../shared/records/dataset.ts';
import { WORKBENCH_ERROR_CODES, WorkbenchError } from '../../shared/workbench-error.ts';
import { explain } from '../fetch/explain.mjs';
import { takeLock } from '../fetch/lock.ts';
import { type FetchOptions, fetchCifar10, isCifar10Whole } from './cifar10.ts';
import { isKnownDataset, KNOWN_DATASETS } from './known-datasets.ts';
import { openDataset } from './stored-dataset.ts';
import { verifyDataset } from './verify-dataset.ts';

/**
 * Fetches and stores a data set that is known by name, unless it is there and whole. Rejects with a `WorkbenchError`:
 * `not_found` for an unknown name, `cancelled` after an abort, else as `fetchCifar10`.
 */
export async function addDataset(home: string, name: string, options: FetchOptions): Promise<Dataset> {
  if (!isKnownDataset(name)) {
    const known = KNOWN_DATASETS.join(', ');
    throw new WorkbenchError('not_found', `Cellwright knows no data set "${name}" to fetch; it knows ${known}.`);
  }
  const onWait = (pid: number) => options.progress.say(`waiting for another set-up (process ${pid})`);
  let release = (): void => undefined;
  try {
    release = await takeLock(path.join(home, 'setup.lock'), onWait, options.signal);
    if (!isCifar10Whole(home) || (await isDamaged(home, options.signal))) await fetchCifar10(home, options);
  } catch (error) {
    // Ctrl-C on a terminal reaches the programs that we run as well, and they complain in their own ways.
    if (options.signal.aborted) throw new WorkbenchError('cancelled', interrupted(name), { cause: error });
    throw toRefusal(explain(error));
  } finally {
    release();
    options.progress.end();
  }
  return openDataset(home, name).dataset;
}

const interrupted = (name: string): string => `Fetching ${name} was interrupted; run the same command again.`;

/** Set-up's plain JavaScript refuses with errors that only look like ours, and nobody else would take them for such. */
function toRefusal(error: Error): Error {
  const code = WORKBENCH_ERROR_CODES.find((known) => 'code' in error && error.code === known);
  if (error instanceof WorkbenchError || error.name !== 'WorkbenchError' || code === undefined) return error;
  return new WorkbenchError(code, error.message, { cause: error });
}

/** A file may have its size and other bytes: who asks for the set again was told so. */
async function isDamaged(home: string, signal: AbortSignal): Promise<boolean> {
  try {
    await verifyDataset(openDataset(home, 'cifar10'), { home, signal });
    return false;
  } catch (error) {
    if (error instanceof WorkbenchError) return true;
    throw error;
  }
}
