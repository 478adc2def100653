import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  decodeSafetensors,
  encodeSafetensors,
  float32Tensor,
  float32Values,
  type NamedTensor,
  readSafetensors,
  type SafetensorsContent,
  writeSafetensors,
} from '../../../src/main/artifacts/safetensors.ts';
import { randomUint32 } from '../../../src/shared/random.ts';

/**
 * Written by Python's safetensors 0.8.0 and numpy: `save({"cell_0/beta": float32 [1.5, -2], "a": int64 0..5 as [2, 3],
 * "h": float16 [[1, 2], [3, 4]], "i": int32 7, "u": uint8 [1, 2, 255], "none": float32 [0, 3]}, metadata={"format":
 * "1", "cell": "α"})`.
 */
const BY_PYTHON = Buffer.from(
  'iAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiIxIiwiY2VsbCI6Is6xIn0sImEiOnsiZHR5cGUiOiJJNjQiLCJzaGFwZSI6WzIsM10s' +
    'ImRhdGFfb2Zmc2V0cyI6WzAsNDhdfSwiY2VsbF8wL2JldGEiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzJdLCJkYXRhX29mZnNldHMiOls0OCw1' +
    'Nl19LCJub25lIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlswLDNdLCJkYXRhX29mZnNldHMiOls1Niw1Nl19LCJpIjp7ImR0eXBlIjoiSTMyIiwi' +
    'c2hhcGUiOltdLCJkYXRhX29mZnNldHMiOls1Niw2MF19LCJoIjp7ImR0eXBlIjoiRjE2Iiwic2hhcGUiOlsyLDJdLCJkYXRhX29mZnNldHMiOls2' +
    'MCw2OF19LCJ1Ijp7ImR0eXBlIjoiVTgiLCJzaGFwZSI6WzNdLCJkYXRhX29mZnNldHMiOls2OCw3MV19fSAgIAAAAAAAAAAAAQAAAAAAAAACAAAA' +
    'AAAAAAMAAAAAAAAABAAAAAAAAAAFAAAAAAAAAAAAwD8AAADABwAAAAA8AEAAQgBEAQL/',
  'base64',
);

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

const SAME_IN_TYPESCRIPT: SafetensorsContent = {
  metadata: { format: '1', cell: 'α' },
  tensors: [
    float32Tensor('cell_0/beta', [2], Float32Array.of(1.5, -2)),
    { name: 'a', type: 'I64', shape: [2, 3], bytes: bytesOf(BigInt64Array.of(0n, 1n, 2n, 3n, 4n, 5n)) },
    { name: 'h', type: 'F16', shape: [2, 2], bytes: bytesOf(Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x4400)) },
    { name: 'i', type: 'I32', shape: [], bytes: bytesOf(Int32Array.of(7)) },
    { name: 'u', type: 'U8', shape: [3], bytes: Uint8Array.of(1, 2, 255) },
    float32Tensor('none', [0, 3], new Float32Array(0)),
  ],
};

function encode(content: SafetensorsContent): Buffer {
  return Buffer.concat(encodeSafetensors(content));
}

/** A file with any header, and a body of so many bytes. */
function withHeader(header: string | Uint8Array, bodyBytes = 8): Buffer {
  const text = Buffer.from(header as string, 'utf8');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(bodyBytes)]);
}

function byName(content: SafetensorsContent): Record<string, unknown> {
  const plain = (tensor: NamedTensor) => [tensor.name, { ...tensor, bytes: Buffer.from(tensor.bytes).toString('hex') }];
  return { metadata: content.metadata, ...Object.fromEntries(content.tensors.map(plain)) };
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a safetensors file', () => {
  it('is, byte for byte, what Python writes, whatever the order of the tensors', () => {
    expect(encode(SAME_IN_TYPESCRIPT)).toEqual(BY_PYTHON);
    const { metadata, tensors } = SAME_IN_TYPESCRIPT;
    expect(encode({ metadata, tensors: tensors.toReversed() })).toEqual(BY_PYTHON);
  });

  it('is read as Python wrote it', () => {
    expect(byName(decodeSafetensors(BY_PYTHON, 'x'))).toEqual(byName(SAME_IN_TYPESCRIPT));
  });

  it('has aligned tensors behind a header of whole words, and any text as a name', () => {
    const name = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => text !== '__metadata__');
    const shape = fc.array(fc.nat({ max: 4 }), { maxLength: 4 });
    const type = fc.constantFrom('I64', 'F32', 'I32', 'BF16', 'F16', 'U8');
    const sizes = { I64: 8, F32: 4, I32: 4, BF16: 2, F16: 2, U8: 1 };
    const tensor = fc.tuple(fc.oneof(name, fc.constant('__proto__'), fc.constant('7')), type, shape, fc.nat());
    const content = fc.record({
      metadata: fc.dictionary(
        fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('__proto__')),
        fc.string({ unit: 'grapheme' }),
      ),
      tensors: fc.uniqueArray(tensor, { selector: ([name]) => name, maxLength: 8 }),
    });
    fc.assert(
      fc.property(content, ({ metadata, tensors: described }) => {
        const tensors = described.map(([name, type, shape, seed]): NamedTensor => {
          const size = shape.reduce((product, side) => product * side, sizes[type]);
          return { name, type, shape, bytes: Uint8Array.from({ length: size }, (_, at) => randomUint32(seed, at)) };
        });
        const file = encode({ metadata, tensors });
        const read = decodeSafetensors(file, 'x');
        expect(byName(read)).toEqual(byName({ metadata, tensors }));
        expect(Number(file.readBigUInt64LE()) % 8).toBe(0);
        for (const { bytes, type } of read.tensors) {
          if (bytes.length > 0) expect((bytes.byteOffset - file.byteOffset) % sizes[type]).toBe(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keeps float32 bit for bit, and gives them back in an array of their own', () => {
    const values = Float32Array.of(0.1, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-45);
    const file = join(folder, 'weights.safetensors');
    const written = writeSafetensors(file, { metadata: {}, tensors: [float32Tensor('w', [5], values)] });
    expect(readdirSync(folder)).toEqual(['weights.safetensors']);
    const [tensor] = readSafetensors(written.file).tensors;
    expect(Buffer.from(float32Values(tensor!).buffer)).toEqual(Buffer.from(values.buffer));
    expect(() => float32Values({ ...tensor!, type: 'I32' })).toThrow(/The tensor w is I32, not F32/);
  });

  it('can’t be written with names or sizes that it could not hold', () => {
    const one = float32Tensor('w', [1], Float32Array.of(1));
    expect(() => encode({ metadata: {}, tensors: [one, one] })).toThrow(/the same name/);
    expect(() => encode({ metadata: {}, tensors: [{ ...one, shape: [2] }] })).toThrow(/w has 4 bytes, not 8/);
    for (const name of ['__metadata__', '\ud800']) {
      expect(() => encode({ metadata: {}, tensors: [{ ...one, name }] })).toThrow(/can't have the name/);
    }
  });
});

describe('a damaged safetensors file is refused', () => {
  const entry = (offsets: string, changes = '') => `{"dtype":"F32","shape":[1],"data_offsets":${offsets}${changes}}`;
  const first = `"a":${entry('[0,4]')}`;

  it.each<[string, Buffer, RegExp]>([
    ['with no bytes', Buffer.alloc(0), /it has 0 bytes/],
    ['with a header beyond its end', Buffer.from([9, 0, 0, 0, 0, 0, 0, 0, 123]), /its header is cut off/],
    ['with a header of an absurd length', Buffer.alloc(16, 0xff), /would have 18446744073709551615 bytes/],
    ['without a header', withHeader(''), /does not start as one/],
    ['with a space before its header', withHeader(' {}', 0), /does not start as one/],
    ['with a header that is no UTF-8', withHeader(Uint8Array.of(0x7b, 0xff, 0x7d), 0), /no UTF-8/],
    ['with a header that is no JSON', withHeader('{"a":'), /no JSON/],
    ['with a header that goes on', withHeader('{} {}', 0), /no JSON/],
    ['with a name that is no text', withHeader(`{"\\ud800":${entry('[0,8]')}}`), /is no text/],
    ['with a name twice', withHeader(`{${first},${first}}`, 4), /its header has a twice/],
    ['with a name twice, once escaped', withHeader(`{${first},"\\u0061":${entry('[4,8]')}}`), /its header has a twice/],
    ['with a shape twice', withHeader(`{"a":${entry('[0,4]', ',"shape":[1]')}}`, 4), /its header has shape twice/],
    ['with metadata that are no texts', withHeader('{"__metadata__":{"epoch":3}}', 0), /metadata are not texts/],
    ['with a gap', withHeader(`{"a":${entry('[4,8]')}}`), /the bytes of a start at 4, not at 0/],
    ['with tensors that overlap', withHeader(`{${first},"b":${entry('[2,6]')}}`, 6), /b start at 2, not at 4/],
    ['with a tensor that is too small', withHeader(`{"a":${entry('[0,3]')}}`, 3), /a has 3 bytes, not 4/],
    ['with offsets the wrong way round', withHeader(`{"a":${entry('[0,-4]')}}`), /a is described wrongly at data_off/],
    ['with a tensor beyond its end', withHeader(`{${first}}`, 0), /tensors have 4 bytes, the file has 0/],
    ['with bytes behind its tensors', withHeader(`{${first}}`, 5), /tensors have 4 bytes, the file has 5/],
    [
      'with an unknown type',
      withHeader(`{"a":${entry('[0,8]').replace('F32', 'F8')}}`),
      /a is described wrongly at dt/,
    ],
    ['with half an element', withHeader(`{"a":${entry('[0,2]').replace('[1]', '[0.5]')}}`, 2), /wrongly at shape/],
    ['with another field', withHeader(`{"a":${entry('[0,4]', ',"x":1')}}`, 4), /wrongly at the top/],
    [
      'with a shape that overflows',
      withHeader(`{"a":${entry('[0,8]').replace('[1]', '[9007199254740991,9007199254740991]')}}`),
      /a has 8 bytes, not 3.2/,
    ],
  ])('%s', (_name, bytes, reason) => {
    const file = join(folder, 'damaged.safetensors');
    writeFileSync(file, bytes);
    expect(() => readSafetensors(file)).toThrow(expect.objectContaining({ code: 'corrupt' }));
    expect(() => readSafetensors(file)).toThrow(reason);
  });

  it('after each truncation', () => {
    for (let length = 0; length < BY_PYTHON.length; length++) {
      expect(() => decodeSafetensors(BY_PYTHON.subarray(0, length), 'x'), `${length} bytes`).toThrow(
        expect.objectContaining({ code: 'corrupt' }),
      );
    }
  });

  it('or read as something well formed, after each of 400 flipped bits in its header', () => {
    for (let bit = 0; bit < 400; bit++) {
      const damaged = Buffer.from(BY_PYTHON);
      damaged[bit % 392]! ^= 1 << (bit % 8);
      try {
        for (const tensor of decodeSafetensors(damaged, 'x').tensors) expect(tensor.bytes).toBeInstanceOf(Uint8Array);
      } catch (error) {
        expect(error).toMatchObject({ code: 'corrupt' });
      }
    }
  });

  it('where there is none', () => {
    expect(() => readSafetensors(join(folder, 'none'))).toThrow(expect.objectContaining({ code: 'not_found' }));
  });
});
