import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { epochSchema, keptWeightsSchema } from '../../shared/records/run.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { type WrittenFile, writeWholeFile } from '../write-whole-file.ts';
import { olderTrajectorySchema, trainingEnvironmentSchema, trajectorySchema } from './training-identity.ts';

/**
 * A checkpoint file: `NASCKPT1`, header length (uint32), CRC-32 of the header (uint32), the header (JSON), the body.
 * All little-endian. The header names the body's length and SHA-256, so every truncation and every flipped bit shows.
 */
const MAGIC = Buffer.from('NASCKPT1', 'latin1');
const PREFIX_BYTES = MAGIC.length + 8;
/** 2: the trajectory of runs. Files of format 1 are read as well. */
const FORMAT = 2;
/** No header comes near it; a damaged length must not be believed. */
const LARGEST_HEADER_BYTES = 64 * 1024 * 1024;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

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
  /** Of the epoch that gives the reward so far, where the job keeps them. */
  weights: keptWeightsSchema.optional(),
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
  format: z.union([z.literal(1), z.literal(FORMAT)]),
  identity: z.union([trajectorySchema, olderTrajectorySchema]),
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

export interface WrittenCheckpoint extends WrittenFile {
  readonly step: number;
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
 * Writes `step-N.ckpt` into a folder that exists, whole or not at all. Throws `internal` for weights that are not
 * finite, `disk_full` and `read_only`.
 */
export function writeCheckpoint(folder: string, content: CheckpointContent): WrittenCheckpoint {
  const { body, progress } = content;
  const bad = findNonFinite(content);
  if (bad !== null) throw new WorkbenchError('internal', `A checkpoint can't hold ${bad}, which is not finite.`);
  const hash = hashBody(body);
  const file = path.join(folder, `step-${String(progress.step).padStart(9, '0')}.ckpt`);
  return { ...writeWholeFile(file, [encodeHeader(content, hash), body]), step: progress.step };
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

/** Makes the folder of a run's checkpoints, readable by its owner only. */
export function makeCheckpointFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}
