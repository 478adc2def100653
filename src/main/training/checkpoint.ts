import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { epochSchema } from '../../shared/records/training.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { flushFolder } from '../flush-to-disk.ts';

/**
 * A checkpoint file: `NASCKPT1`, header length (uint32), CRC-32 of the header (uint32), the header (JSON), the body.
 * All little-endian. The header names the body's length and SHA-256, so every truncation and every flipped bit shows.
 */
const MAGIC = Buffer.from('NASCKPT1', 'latin1');
const PREFIX_BYTES = MAGIC.length + 8;
const FORMAT = 1;
/** No header comes near it; a damaged length must not be believed. */
const LARGEST_HEADER_BYTES = 64 * 1024 * 1024;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What a training is made of. A checkpoint continues no other: `resume` compares part by part. */
export const trainingIdentitySchema = z.strictObject({
  architecture: sha256,
  scale: sha256,
  training: sha256,
  /** Images and classes of the data set, and the seed of their split. */
  dataset: sha256,
  seed: z.int(),
});
export type TrainingIdentity = z.infer<typeof trainingIdentitySchema>;

/** What the last bits of a result may depend on; another environment may go on, but not bit for bit. */
export const trainingEnvironmentSchema = z.strictObject({
  node: z.string(),
  tensorflow: z.string(),
  platform: z.string(),
  device: z.string(),
  oneDnn: z.string(),
  intraOpThreads: z.string(),
});
export type TrainingEnvironment = z.infer<typeof trainingEnvironmentSchema>;

/** Where a training stands between two steps. */
export const trainingProgressSchema = z.strictObject({
  /** Steps done. */
  step: z.int().min(0),
  /** Epochs that are over and evaluated. */
  epochs: z.array(epochSchema),
  /** Of the epoch under way, over its steps so far. */
  lossSum: z.number(),
  correct: z.int().min(0),
  /** Time spent, over all attempts: in the epoch under way, and in all. */
  epochMs: z.number().min(0),
  elapsedMs: z.number().min(0),
});
export type TrainingProgress = z.infer<typeof trainingProgressSchema>;

const layoutSchema = z.array(
  z.strictObject({
    name: z.string(),
    dtype: z.string(),
    shape: z.array(z.int()),
    offset: z.int().min(0),
    sizeBytes: z.int().min(0),
  }),
);

const headerSchema = z.strictObject({
  format: z.literal(FORMAT),
  identity: trainingIdentitySchema,
  environment: trainingEnvironmentSchema,
  progress: trainingProgressSchema,
  layout: layoutSchema,
  bodyBytes: z.int().min(0),
  sha256,
});
export type CheckpointHeader = z.infer<typeof headerSchema>;

/** What is saved: the packed variables, and all that a resume needs besides. */
export interface CheckpointContent extends Pick<CheckpointHeader, 'identity' | 'environment' | 'progress'> {
  /** Where each variable lies in the body. */
  readonly layout: readonly {
    name: string;
    dtype: string;
    shape: readonly number[];
    offset: number;
    sizeBytes: number;
  }[];
  readonly body: Uint8Array;
}

export interface WrittenCheckpoint {
  /** Absolute. */
  readonly file: string;
  readonly step: number;
  readonly sizeBytes: number;
  /** Of the whole file, as `sizeBytes` is. */
  readonly sha256: string;
}

/** SHA-256 of a body, lower-case hexadecimal. */
export function hashBody(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}

/** Name and value of the first number of a body that is not finite, or null. Only float32 parts are looked at. */
export function findNonFinite({ layout, body }: Pick<CheckpointContent, 'layout' | 'body'>): string | null {
  for (const { name, dtype, offset, sizeBytes } of layout) {
    if (dtype !== 'float32') continue;
    // A copy is aligned; a Buffer's own `slice` would be none.
    const copy = new Uint8Array(body.subarray(offset, offset + sizeBytes));
    const bad = new Float32Array(copy.buffer).findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) return `${name}[${bad}]`;
  }
  return null;
}

/**
 * Writes `step-N.ckpt` into a folder that exists, whole or not at all: temporary file, fsync, rename, fsync of the
 * folder. Throws `internal` for weights that are not finite, `disk_full` and `read_only`.
 */
export function writeCheckpoint(folder: string, content: CheckpointContent): WrittenCheckpoint {
  const { body, progress } = content;
  const bad = findNonFinite(content);
  if (bad !== null) throw new WorkbenchError('internal', `A checkpoint can't hold ${bad}, which is not finite.`);
  const hash = hashBody(body);
  const head = encodeHeader(content, hash);
  const file = path.join(path.resolve(folder), `step-${String(progress.step).padStart(9, '0')}.ckpt`);
  const temporary = path.join(path.dirname(file), `.step-${progress.step}.${process.pid}.tmp`);
  try {
    rmSync(temporary, { force: true });
    writeDurably(temporary, [head, body]);
    renameSync(temporary, file);
    flushFolder(path.dirname(file));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw storageError(error, folder);
  }
  const sha256 = createHash('sha256').update(head).update(body).digest('hex');
  return { file, step: progress.step, sizeBytes: head.length + body.length, sha256 };
}

function encodeHeader({ identity, environment, progress, layout, body }: CheckpointContent, hash: string): Buffer {
  const header = { format: FORMAT, identity, environment, progress, layout, bodyBytes: body.length, sha256: hash };
  const text = Buffer.from(JSON.stringify(header), 'utf8');
  const prefix = Buffer.alloc(PREFIX_BYTES);
  MAGIC.copy(prefix);
  prefix.writeUInt32LE(text.length, MAGIC.length);
  prefix.writeUInt32LE(crc32(text), MAGIC.length + 4);
  return Buffer.concat([prefix, text]);
}

function writeDurably(file: string, parts: readonly Uint8Array[]): void {
  const handle = openSync(file, 'wx', 0o600);
  try {
    for (const part of parts) for (let at = 0; at < part.length; ) at += writeSync(handle, part, at);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function storageError(error: unknown, folder: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  const options = { cause: error };
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new WorkbenchError('disk_full', `The disk is full: free some space for checkpoints in ${folder}.`, options);
  }
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return new WorkbenchError('read_only', `Checkpoints can't be written to ${folder}: make it writable.`, options);
  }
  return error;
}

export interface ReadCheckpoint extends CheckpointHeader {
  readonly body: Uint8Array;
}

/**
 * Reads a checkpoint and verifies all of it. Throws `not_found`, `newer_version`, or `corrupt` for anything that is not
 * a whole checkpoint of finite numbers.
 */
export function readCheckpoint(file: string): ReadCheckpoint {
  const bytes = readWhole(file);
  const damaged = (reason: string) =>
    new WorkbenchError('corrupt', `The checkpoint ${file} is damaged (${reason}): an earlier one must be used.`);
  if (bytes.length < PREFIX_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
    throw damaged('it does not start as one');
  const length = bytes.readUInt32LE(MAGIC.length);
  if (length > LARGEST_HEADER_BYTES || PREFIX_BYTES + length > bytes.length) throw damaged('its header is cut off');
  const text = bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + length);
  if (crc32(text) !== bytes.readUInt32LE(MAGIC.length + 4)) throw damaged('its header has another checksum');
  const header = parseHeader(text.toString('utf8'), file, damaged);
  const body = new Uint8Array(bytes.subarray(PREFIX_BYTES + length));
  if (body.length !== header.bodyBytes) throw damaged(`its body has ${body.length} bytes, not ${header.bodyBytes}`);
  if (hashBody(body) !== header.sha256) throw damaged('its body has another hash');
  const bad = findNonFinite({ layout: header.layout, body });
  if (bad !== null) throw damaged(`${bad} is not finite`);
  return { ...header, body };
}

function readWhole(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new WorkbenchError('not_found', `There is no checkpoint ${file}.`, { cause: error });
  }
}

function parseHeader(text: string, file: string, damaged: (reason: string) => WorkbenchError): CheckpointHeader {
  const value: unknown = JSON.parse(text);
  const format = (value as { format?: unknown } | null)?.format;
  if (typeof format === 'number' && format > FORMAT) {
    throw new WorkbenchError(
      'newer_version',
      `The checkpoint ${file} was written by a newer Cellwright: use that one.`,
    );
  }
  const parsed = headerSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw damaged(`its header does not fit at ${parsed.error.issues[0]?.path.join('.') ?? 'the top'}`);
}

/** Makes the folder of a trial's checkpoints, readable by its owner only. */
export function makeCheckpointFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}
