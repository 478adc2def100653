import path from 'node:path';
import type { Dataset } from '../../shared/records/dataset.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { takeLock } from '../setup/lock.ts';
import { type FetchOptions, fetchCifar10, isCifar10Whole } from './cifar10.ts';
import { isKnownDataset, KNOWN_DATASETS } from './known-datasets.ts';
import { openDataset } from './stored-dataset.ts';

/**
 * Fetches and stores a data set that is known by name, unless it is there and whole. Rejects with a `WorkbenchError`:
 * `not_found` for an unknown name, else as `fetchCifar10`.
 */
export async function addDataset(home: string, name: string, options: FetchOptions): Promise<Dataset> {
  if (!isKnownDataset(name)) {
    const known = KNOWN_DATASETS.join(', ');
    throw new WorkbenchError('not_found', `Cellwright knows no data set "${name}" to fetch; it knows ${known}.`);
  }
  const onWait = (pid: number) => options.progress.say(`waiting for another set-up (process ${pid})`);
  const release = await takeLock(path.join(home, 'setup.lock'), onWait, options.signal);
  try {
    if (!isCifar10Whole(home) || isDamaged(home)) await fetchCifar10(home, options);
  } finally {
    release();
    options.progress.end();
  }
  return openDataset(home, name).dataset;
}

function isDamaged(home: string): boolean {
  try {
    openDataset(home, 'cifar10');
    return false;
  } catch (error) {
    if (error instanceof WorkbenchError) return true;
    throw error;
  }
}
