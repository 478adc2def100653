import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { DatasetFile } from '../../shared/records/dataset.ts';
import { spanWords } from '../../shared/span-words.ts';
import { damagedDataset, type StoredDataset } from './stored-dataset.ts';
import { type FileMark, VerifiedFiles } from './verified-files.ts';

/** Larger data sets are not read again while their files stand as they did when they were read (ours). */
const REMEMBERED_FROM_BYTES = 2e9;
/** What one turn of the event loop hashes: under a millisecond of it. */
const CHUNK_BYTES = 1 << 18;
/** Whoever waits longer is told what for. Milliseconds (ours). */
const TOLD_AFTER_MS = 2_000;

export interface VerifyOptions {
  /** Where it is kept which large files were read. */
  readonly home: string;
  /** Hears, once, why this takes a while. */
  readonly say?: (sentence: string) => void;
  readonly signal?: AbortSignal;
  readonly rememberedFromBytes?: number;
  readonly toldAfterMs?: number;
}

/** By folder and hashes: whoever asks while a check is under way waits for that one. */
const underWay = new Map<string, { readonly check: Promise<void>; readonly signal: AbortSignal | undefined }>();
/** Checks follow one another: two at once would only share the disk. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Compares every file of a stored data set with the SHA-256 of its manifest, chunk by chunk, so that the event loop goes
 * on. Rejects with `WorkbenchError` `corrupt`, which names the file and what to do, and with the signal's reason.
 */
export function verifyDataset(stored: StoredDataset, options: VerifyOptions): Promise<void> {
  const key = JSON.stringify([stored.folder, stored.dataset.files]);
  const running = underWay.get(key);
  if (running) {
    return running.check.catch((error: unknown) => {
      // Ended by whoever began it, which says nothing of the files.
      if (running.signal?.aborted && !options.signal?.aborted) return verifyDataset(stored, options);
      throw error;
    });
  }
  const check = last.then(() => readThrough(stored, options)).finally(() => underWay.delete(key));
  underWay.set(key, { check, signal: options.signal });
  last = check.catch(() => undefined);
  return check;
}

async function readThrough(stored: StoredDataset, options: VerifyOptions): Promise<void> {
  const { files } = stored.dataset;
  const allBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const { home, rememberedFromBytes = REMEMBERED_FROM_BYTES, toldAfterMs = TOLD_AFTER_MS } = options;
  const verified = allBytes > rememberedFromBytes ? new VerifiedFiles(home) : null;
  const reading = { bytes: 0, startedMs: performance.now() };
  const told = setTimeout(() => options.say?.(whyItTakes(stored, reading, allBytes)), toldAfterMs);
  try {
    for (const file of files) await verifyFile(stored, file, reading, verified, options.signal);
  } finally {
    clearTimeout(told);
  }
}

async function verifyFile(
  stored: StoredDataset,
  file: DatasetFile,
  reading: { bytes: number },
  verified: VerifiedFiles | null,
  signal?: AbortSignal,
): Promise<void> {
  const place = stored.file(file.name);
  const before = await markOf(stored, file);
  if (verified?.has(place, before)) return;
  const hash = createHash('sha256');
  try {
    const stream: AsyncIterable<Buffer> = createReadStream(place, { highWaterMark: CHUNK_BYTES, signal });
    for await (const chunk of stream) {
      hash.update(chunk);
      reading.bytes += chunk.length;
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw damagedDataset(stored.dataset.name, `${file.name} could not be read`, { cause });
  }
  if (hash.digest('hex') !== file.sha256) {
    throw damagedDataset(stored.dataset.name, `${file.name} does not hold what its manifest says`);
  }
  const after = await markOf(stored, file);
  // One that was written meanwhile is read again the next time.
  if (verified && isDeepStrictEqual(after, before)) verified.add(place, after);
}

async function markOf(stored: StoredDataset, { name, sha256 }: DatasetFile): Promise<FileMark> {
  try {
    const { size, ctimeNs, ino } = await stat(stored.file(name), { bigint: true });
    return { sizeBytes: String(size), changedNs: String(ctimeNs), inode: String(ino), sha256 };
  } catch (cause) {
    throw damagedDataset(stored.dataset.name, `${name} could not be read`, { cause });
  }
}

function whyItTakes(
  { dataset }: StoredDataset,
  reading: { bytes: number; startedMs: number },
  allBytes: number,
): string {
  const spentMs = performance.now() - reading.startedMs;
  const leftMs = reading.bytes === 0 ? 0 : (spentMs / reading.bytes) * (allBytes - reading.bytes);
  const left = leftMs > 0 ? `; about ${spanWords(leftMs)} left` : '';
  return (
    `The data set ${dataset.title} (${(allBytes / 1e9).toFixed(1)} GB) is compared with its hashes before anything ` +
    `learns from it${left}.`
  );
}
