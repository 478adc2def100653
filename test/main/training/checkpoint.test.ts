import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CheckpointContent, readCheckpoint, writeCheckpoint } from '../../../src/main/training/checkpoint.ts';
import { randomUint32 } from '../../../src/shared/random.ts';

const hash = (digit: string) => digit.repeat(64);
const WEIGHTS = Float32Array.from({ length: 1000 }, (_, index) => Math.sin(index) / 3);

function content(step: number, weights = WEIGHTS): CheckpointContent {
  return {
    identity: {
      version: 1,
      architecture: hash('a'),
      scale: hash('b'),
      recipe: hash('c'),
      dataset: hash('d'),
      split: hash('e'),
      seed: 7,
    },
    environment: {
      node: 'v24',
      tensorflow: '2.21.0',
      platform: 'linux x64',
      device: '',
      oneDnn: '1',
      intraOpThreads: '1',
    },
    progress: { step, epochs: [], lossSum: 0.1 + 0.2, correct: 5, epochMs: 10.25, elapsedMs: 99.5 },
    layout: [{ name: 'kernels', dtype: 'float32', shape: [1000], offset: 0, sizeBytes: 4000 }],
    body: new Uint8Array(weights.buffer.slice(0)),
  };
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'checkpoint-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a checkpoint', () => {
  it('comes back as it was written, numbers bit for bit', () => {
    const written = writeCheckpoint(folder, content(12));
    const read = readCheckpoint(written.file);
    const { body, ...rest } = content(12);
    expect(read).toMatchObject(rest);
    expect(Buffer.from(read.body).equals(Buffer.from(body))).toBe(true);
    expect(read.sha256).toBe(createHash('sha256').update(body).digest('hex'));
    expect(written.sha256).toBe(createHash('sha256').update(readFileSync(written.file)).digest('hex'));
    expect(statSync(written.file).size).toBe(written.sizeBytes);
    expect(readdirSync(folder)).toEqual([path.basename(written.file)]);
  });

  it('is refused after each of 60 truncations', () => {
    const { file } = writeCheckpoint(folder, content(12));
    const whole = readFileSync(file);
    for (let trial = 0; trial < 60; trial++) {
      const length = Math.floor((whole.length * trial) / 60);
      writeFileSync(file, whole.subarray(0, length));
      expect(() => readCheckpoint(file), `${length} bytes`).toThrow(expect.objectContaining({ code: 'corrupt' }));
    }
  });

  it('is refused after each of 60 flipped bits in its header and 60 anywhere', () => {
    const { file } = writeCheckpoint(folder, content(12));
    const whole = readFileSync(file);
    const header = 16 + whole.readUInt32LE(8);
    for (let trial = 0; trial < 120; trial++) {
      const within = trial < 60 ? header : whole.length;
      const bit = randomUint32(9, trial) % (8 * within);
      const damaged = Buffer.from(whole);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      writeFileSync(file, damaged);
      expect(() => readCheckpoint(file), `bit ${bit}`).toThrow(expect.objectContaining({ code: 'corrupt' }));
    }
  });

  it('is refused with bytes behind its end', () => {
    const { file } = writeCheckpoint(folder, content(12));
    writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.of(0)]));
    expect(() => readCheckpoint(file)).toThrow(/its body has 4001 bytes, not 4000/);
  });

  it('holds no weight that is not finite', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const weights = Float32Array.from(WEIGHTS);
      weights[421] = bad;
      expect(() => writeCheckpoint(folder, content(12, weights))).toThrow(/kernels\[421\]/);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('replaces what a crash left under its name, and leaves no temporary file behind when it fails', () => {
    writeFileSync(path.join(folder, `.step-000000012.ckpt.${process.pid}.tmp`), 'half');
    writeCheckpoint(folder, content(12));
    expect(() => writeCheckpoint(path.join(folder, 'missing'), content(12))).toThrow(/ENOENT/);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it.skipIf(process.getuid?.() === 0)('says that its folder is read-only', () => {
    chmodSync(folder, 0o500);
    expect(() => writeCheckpoint(folder, content(1))).toThrow(expect.objectContaining({ code: 'read_only' }));
    chmodSync(folder, 0o700);
  });

  it('that is missing is not found', () => {
    expect(() => readCheckpoint(path.join(folder, 'none.ckpt'))).toThrow(
      expect.objectContaining({ code: 'not_found' }),
    );
  });
});
