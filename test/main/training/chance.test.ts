import '../tensor/environment.ts';
import { expect, it } from 'vitest';
import { Session } from '../../../src/main/tensor/session.ts';
import { buildChildGraph } from '../../../src/main/training/child-graph.ts';
import { imageSource } from '../../../src/main/training/image-source.ts';
import { planNetwork } from '../../../src/shared/search-space/plan-network.ts';
import { toyJob } from './toy-job.ts';

const IMAGES = 16;

it('gives every draw of a training step a seed of its own, those within the augmentation included', () => {
  // Everything that draws is switched on: mirror and crop, cut-out, drop path, dropout.
  const { architecture, scale, recipe } = toyJob('');
  const split = {
    count: IMAGES,
    sizeBytes: IMAGES * 8 * 8 * 3,
    imageShape: [8, 8, 3] as const,
    classes: new Int32Array(IMAGES),
    readBatch: () => new Uint8Array(IMAGES * 8 * 8 * 3),
  };
  const { graph, train } = buildChildGraph({
    plan: planNetwork(architecture, scale),
    recipe,
    batchSize: 8,
    evaluationBatchSize: 8,
    source: (built) => imageSource(built, split, 0, () => new Uint8Array(0)),
    device: '',
  });
  const seeds = graph.nodes
    .filter(({ op, name }) => op.startsWith('StatelessRandom') && name.startsWith('train/'))
    .map(({ inputs }) => inputs[1]!);
  expect(seeds).toHaveLength(4);
  const session = Session.open(graph);
  try {
    const drawn = session.run(seeds, new Map([[train.chance, Int32Array.of(3, 17)]])) as Int32Array[];
    expect(drawn.every((seed) => seed[1] === 17)).toBe(true);
    expect(new Set(drawn.map((seed) => seed[0])).size).toBe(4);
  } finally {
    session.close();
  }
});
