import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { type WrittenFile, writeWholeFile } from '../write-whole-file.ts';
import { duplicateKey } from './duplicate-key.ts';

/**
 * A safetensors file: the header's length (uint64), the header (JSON, padded with spaces to 8 bytes), the tensors'
 * bytes without gaps. All little-endian. Format: github.com/huggingface/safetensors. Its other types are not read.
 */
const PREFIX_BYTES = 8;
const ALIGNMENT = 8;
/** The format's own limit. */
const LARGEST_HEADER_BYTES = 100_000_000;
const METADATA = '__metadata__';

/** Bytes of an element, in the order in which the format's own writer puts the types: the widest first, so all align. */
const BYTES_PER_ELEMENT = { I64: 8, F32: 4, I32: 4, BF16: 2, F16: 2, U8: 1 } as const;
export type SafetensorsType = keyof typeof BYTES_PER_ELEMENT;
const TYPES = Object.keys(BYTES_PER_ELEMENT) as [SafetensorsType, ...SafetensorsType[]];

export interface NamedTensor {
  readonly name: string;
  readonly type: SafetensorsType;
  /** Empty for a scalar. */
  readonly shape: readonly number[];
  /** Elements in row-major order, little-endian. */
  readonly bytes: Uint8Array;
}

export interface SafetensorsContent {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: readonly NamedTensor[];
}

const count = z.int().min(0);
const entrySchema = z.strictObject({
  dtype: z.enum(TYPES),
  shape: z.array(count),
  data_offsets: z.tuple([count, count]),
});
type Entry = readonly [name: string, z.infer<typeof entrySchema>];

/** Not `z.record`: it drops a key that is called `__proto__`. */
function isTexts(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === 'string');
}

export function float32Tensor(name: string, shape: readonly number[], values: Float32Array): NamedTensor {
  return { name, type: 'F32', shape, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

/** The numbers of a float32 tensor, in an array of their own. */
export function float32Values({ name, type, bytes }: NamedTensor): Float32Array {
  if (type !== 'F32') throw new WorkbenchError('invalid_input', `The tensor ${name} is ${type}, not F32.`);
  return new Float32Array(new Uint8Array(bytes).buffer);
}

/**
 * The file's parts, to be written one after the other. The same tensors and metadata give the same bytes, whatever the
 * order of the tensors. Throws `TypeError` for what no file can hold: names that stand twice, sizes that don't fit.
 */
export function encodeSafetensors({ metadata, tensors }: SafetensorsContent): Uint8Array[] {
  for (const tensor of tensors) expectWritable(tensor);
  const names = new Set(tensors.map(({ name }) => name));
  if (names.size !== tensors.length) throw new TypeError('Two tensors have the same name.');
  const ordered = [...tensors].sort(byTypeAndName);
  let end = 0;
  const entries = ordered.map(({ name, type, shape, bytes }) => {
    const start = end;
    end += bytes.length;
    return [name, { dtype: type, shape, data_offsets: [start, end] }] as const;
  });
  // Not an object's literal: `__proto__` may be a name.
  const header = Object.fromEntries<unknown>([
    ...(Object.keys(metadata).length > 0 ? [[METADATA, metadata] as const] : []),
    ...entries,
  ]);
  return [encodeHeader(JSON.stringify(header)), ...ordered.map(({ bytes }) => bytes)];
}

function expectWritable({ name, type, shape, bytes }: NamedTensor): void {
  if (name === METADATA || !name.isWellFormed()) throw new TypeError(`A tensor can't have the name ${name}.`);
  const wanted = sizeOf(type, shape);
  if (bytes.length !== wanted) throw new TypeError(`The tensor ${name} has ${bytes.length} bytes, not ${wanted}.`);
}

function sizeOf(type: SafetensorsType, shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, BYTES_PER_ELEMENT[type]);
}

function byTypeAndName(a: NamedTensor, b: NamedTensor): number {
  if (a.type !== b.type) return TYPES.indexOf(a.type) - TYPES.indexOf(b.type);
  return a.name < b.name ? -1 : 1;
}

function encodeHeader(json: string): Uint8Array {
  const text = Buffer.from(json, 'utf8');
  const length = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT;
  const head = Buffer.alloc(PREFIX_BYTES + length, ' ');
  head.writeBigUInt64LE(BigInt(length));
  text.copy(head, PREFIX_BYTES);
  return head;
}

/** Writes a file whole or not at all. Throws what `encodeSafetensors` and `writeWholeFile` throw. */
export function writeSafetensors(file: string, content: SafetensorsContent): WrittenFile {
  return writeWholeFile(file, encodeSafetensors(content));
}

/** Reads and verifies a file. Throws `not_found`, and `corrupt` for anything that is not whole. */
export function readSafetensors(file: string): SafetensorsContent {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new WorkbenchError('not_found', `There is no file ${file}.`, { cause: error });
  }
  return decodeSafetensors(bytes, file);
}

/** The tensors in the order of their bytes, which they share with `bytes`. `file` is for the sentence only. */
export function decodeSafetensors(bytes: Uint8Array, file: string): SafetensorsContent {
  const damaged: Damaged = (reason, cause) =>
    new WorkbenchError('corrupt', `The tensors in ${file} can't be read (${reason}): get the file again.`, { cause });
  const { text, body } = cut(bytes, damaged);
  const { metadata, entries } = parseHeader(text, damaged);
  const ordered = entries.sort(byPlace);
  let end = 0;
  for (const [name, { dtype, shape, data_offsets: offsets }] of ordered) {
    if (offsets[0] !== end) throw damaged(`the bytes of ${name} start at ${offsets[0]}, not at ${end}`);
    const wanted = sizeOf(dtype, shape);
    end += wanted;
    if (offsets[1] !== end) throw damaged(`${name} has ${offsets[1] - offsets[0]} bytes, not ${wanted}`);
  }
  if (end !== body.length) throw damaged(`its tensors have ${end} bytes, the file has ${body.length}`);
  const tensors = ordered.map(([name, { dtype, shape, data_offsets: offsets }]) => {
    return { name, type: dtype, shape, bytes: body.subarray(...offsets) };
  });
  return { metadata, tensors };
}

type Damaged = (reason: string, cause?: unknown) => WorkbenchError;

function byPlace([, a]: Entry, [, b]: Entry): number {
  return a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1];
}

function cut(bytes: Uint8Array, damaged: Damaged): { text: string; body: Uint8Array } {
  if (bytes.length < PREFIX_BYTES) throw damaged(`it has ${bytes.length} bytes`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > LARGEST_HEADER_BYTES) throw damaged(`its header would have ${length} bytes`);
  const start = PREFIX_BYTES + Number(length);
  if (start > bytes.length) throw damaged('its header is cut off');
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(PREFIX_BYTES, start));
    return { text, body: bytes.subarray(start) };
  } catch (error) {
    throw damaged('its header is no UTF-8', error);
  }
}

function parseHeader(text: string, damaged: Damaged): { metadata: Record<string, string>; entries: Entry[] } {
  const whole = parseJson(text, damaged);
  const twice = duplicateKey(text);
  if (twice !== null) throw damaged(`its header has ${twice} twice`);
  const all = Object.entries(whole);
  const odd = all.find(([name]) => !name.isWellFormed());
  if (odd) throw damaged(`the name ${odd[0]} is no text`);
  const metadata: unknown = all.find(([name]) => name === METADATA)?.[1] ?? {};
  if (!isTexts(metadata)) throw damaged('its metadata are not texts');
  const entries = all.filter(([name]) => name !== METADATA);
  return { metadata, entries: entries.map(([name, value]) => parseEntry(name, value, damaged)) };
}

function parseJson(text: string, damaged: Damaged): object {
  // The format wants the brace at the very start.
  if (!text.startsWith('{')) throw damaged('its header does not start as one');
  try {
    return JSON.parse(text) as object;
  } catch (error) {
    throw damaged('its header is no JSON', error);
  }
}

function parseEntry(name: string, value: unknown, damaged: Damaged): Entry {
  const entry = entrySchema.safeParse(value);
  if (entry.success) return [name, entry.data];
  const issue = entry.error.issues[0];
  throw damaged(`${name} is described wrongly at ${issue?.path.join('.') || 'the top'}: ${issue?.message}`);
}
