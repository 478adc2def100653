import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const SHADED = 'shaded';

const SIDE = 8;
const CLASSES = ['left', 'right', 'top', 'bottom'] as const;
const COUNTS = { train: 400, test: 20 } as const;

/**
 * Stores 420 images of 8 x 8 in four classes, each brighter on one side, under `home`, always with the same bytes. It is
 * written out here as schema 2 laid a data set out, and not with today's writer: the projects in test/fixtures were
 * searched on it, a checkpoint goes on with nothing else, and code of other revisions reads it.
 */
export function writeShadedDataset(home: string): void {
  const folder = join(home, 'datasets', SHADED);
  mkdirSync(folder, { recursive: true });
  const noise = noiseFrom(1);
  const files = (['train', 'test'] as const).flatMap((part) => {
    const labels = Buffer.alloc(4 * COUNTS[part]);
    const images = Buffer.alloc(COUNTS[part] * SIDE * SIDE * 3);
    for (let image = 0; image < COUNTS[part]; image++) {
      const label = noise() % CLASSES.length;
      labels.writeInt32LE(label, 4 * image);
      for (let at = 0; at < SIDE * SIDE * 3; at++) {
        images[image * SIDE * SIDE * 3 + at] = (noise() % 200) + (isBright(label, at) ? 40 : 0);
      }
    }
    return [store(folder, `${part}-images.bin`, images), store(folder, `${part}-labels.bin`, labels)];
  });
  const manifest = {
    format: 1,
    name: SHADED,
    title: 'Shaded',
    imageSize: { height: SIDE, width: SIDE },
    channels: 3,
    classes: CLASSES,
    counts: COUNTS,
    files,
    mean: [0.5, 0.5, 0.5],
    deviation: [0.25, 0.25, 0.25],
    source: 'made for a test',
    licence: 'none',
  };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
}

function store(folder: string, name: string, bytes: Buffer) {
  writeFileSync(join(folder, name), bytes);
  return { name, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function isBright(label: number, at: number): boolean {
  const column = Math.floor(at / 3) % SIDE;
  const row = Math.floor(at / 3 / SIDE);
  const half = SIDE / 2;
  return [column < half, column >= half, row < half, row >= half][label] ?? false;
}

/** Marsaglia's xorshift, 32 bits. */
function noiseFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
