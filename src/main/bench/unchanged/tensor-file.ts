import { readFileSync, writeFileSync } from 'node:fs';

/** Of a training's state: a parameter by the plan's name, one of its slots, or what belongs to no parameter. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** float32, little-endian. */
  readonly bytes: Uint8Array;
}

/** Writes tensors to two files, `<path>.json` with names and shapes and `<path>.bin`. */
export function writeTensors(path: string, tensors: readonly NamedTensor[]): void {
  const heads = tensors.map(({ name, shape, bytes }) => ({ name, shape, sizeBytes: bytes.length }));
  writeFileSync(`${path}.json`, JSON.stringify(heads));
  writeFileSync(`${path}.bin`, Buffer.concat(tensors.map(({ bytes }) => bytes)));
}

export function readTensors(path: string): NamedTensor[] {
  const heads = JSON.parse(readFileSync(`${path}.json`, 'utf8')) as (Omit<NamedTensor, 'bytes'> & {
    sizeBytes: number;
  })[];
  const all = readFileSync(`${path}.bin`);
  let at = 0;
  return heads.map(({ name, shape, sizeBytes }) => {
    at += sizeBytes;
    // A copy of its own, so that its elements are aligned.
    return { name, shape, bytes: new Uint8Array(all.subarray(at - sizeBytes, at)) };
  });
}

/** The first difference in a sentence, or null: the same names in any order, the same shapes, the same bits. */
export function differingTensor(before: readonly NamedTensor[], after: readonly NamedTensor[]): string | null {
  const found = new Map(after.map((tensor) => [tensor.name, tensor]));
  for (const tensor of before) {
    const other = found.get(tensor.name);
    if (!other) return `the tensor ${tensor.name} is missing`;
    if (tensor.shape.join() !== other.shape.join())
      return `the tensor ${tensor.name} is [${other.shape.join(', ')}] instead of [${tensor.shape.join(', ')}]`;
    const place = differingElement(tensor.bytes, other.bytes);
    if (place !== null) return `the tensor ${tensor.name} differs at element ${place}`;
  }
  const known = new Set(before.map(({ name }) => name));
  const extra = after.find(({ name }) => !known.has(name));
  return extra ? `the tensor ${extra.name} is new` : null;
}

/** "17: 0.25 instead of 0.5", of the first element with another bit. */
function differingElement(before: Uint8Array, after: Uint8Array): string | null {
  if (Buffer.compare(before, after) === 0) return null;
  const [were, are] = [before, after].map((bytes) => new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4));
  const index = were?.findIndex((bits, place) => bits !== are?.[place]) ?? -1;
  const [was, is] = [before, after].map((bytes) => floatAt(bytes, index));
  return `${index}: ${is} instead of ${was}`;
}

function floatAt(bytes: Uint8Array, index: number): string {
  const value = new DataView(bytes.buffer, bytes.byteOffset).getFloat32(4 * index, true);
  return Object.is(value, -0) ? '-0' : String(value);
}
