import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Controller } from '../../../src/main/controller/controller.ts';
import { STRATEGY_DEFAULTS } from '../../../src/shared/records/strategy.ts';
import { PAPER_SIZES, search, smallController } from './controller-setting.ts';

test('a restored controller goes on bit for bit as the uninterrupted one, at every update', () => {
  const calm = smallController(9);
  let interrupted = smallController(9);
  for (let update = 0; update < 12; update++) {
    const expected = search(calm, 4);
    const bytes = interrupted.snapshot();
    interrupted = smallController(9);
    interrupted.restore(bytes);
    expect(search(interrupted, 4)).toEqual(expected);
    expect(interrupted.snapshot()).toEqual(calm.snapshot());
  }
});

test('the paper’s controller, stopped between ask and tell, learns the same from stored proposals', () => {
  const config = { ...STRATEGY_DEFAULTS.ppo, epochs: 2 };
  const calm = new Controller(config, PAPER_SIZES, 1);
  search(calm, 3);
  const proposals = calm.ask(3);
  const bytes = calm.snapshot();
  const results = proposals.map((proposal, place) => ({ ...proposal, reward: place / 10 }));
  const expected = calm.tell(results);
  const restored = new Controller(config, PAPER_SIZES, 1);
  restored.restore(bytes);
  expect(restored.tell(results)).toEqual(expected);
  expect(restored.ask(3)).toEqual(calm.ask(3));
  expect(restored.snapshot()).toEqual(calm.snapshot());
});

test('a snapshot with any byte changed, or cut anywhere, is corrupt and leaves the controller as it was', () => {
  const controller = smallController(1);
  search(controller, 2);
  const bytes = controller.snapshot();
  const damaged = fc.oneof(
    fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, flip]) => {
      const copy = bytes.slice();
      copy[at]! ^= flip;
      return copy;
    }),
    fc.nat(bytes.length - 1).map((length) => bytes.slice(0, length)),
    fc.uint8Array({ maxLength: 300 }),
  );
  fc.assert(
    fc.property(damaged, (copy) => {
      expect(() => controller.restore(copy)).toThrow(expect.objectContaining({ code: 'corrupt' }));
    }),
    { seed: 1, numRuns: 500 },
  );
  expect(controller.snapshot()).toEqual(bytes);
});

test('a snapshot with a number that is not finite is corrupt even when its hash fits', () => {
  const controller = smallController(1);
  const bytes = controller.snapshot();
  new DataView(bytes.buffer).setFloat64(bytes.length - 32 - 8, Number.NaN, true);
  expect(() => controller.restore(rehashed(bytes))).toThrow(expect.objectContaining({ code: 'corrupt' }));
});

test('a snapshot of a later version is refused as such', () => {
  const controller = smallController(1);
  const bytes = controller.snapshot();
  new DataView(bytes.buffer).setUint32(8, 2, true);
  expect(() => controller.restore(rehashed(bytes))).toThrow(expect.objectContaining({ code: 'newer_version' }));
});

test('a snapshot of another seed, size or search space is a conflict that names both', () => {
  const bytes = smallController(1).snapshot();
  const others = [
    smallController(2),
    smallController(1, { hiddenUnits: 7 }),
    new Controller({ ...STRATEGY_DEFAULTS.ppo, hiddenUnits: 6 }, [2, 2, 3, 3, 2, 2, 2, 3, 2, 3], 1),
    new Controller({ ...STRATEGY_DEFAULTS.ppo, hiddenUnits: 6 }, PAPER_SIZES, 1),
  ];
  for (const other of others) {
    expect(() => other.restore(bytes)).toThrow(expect.objectContaining({ code: 'conflict' }));
  }
  expect(() => others[0]!.restore(bytes)).toThrow(/seed 1.*seed 2/);
});

test('a snapshot may lie anywhere in a larger buffer, as a database gives it', () => {
  const controller = smallController(1);
  search(controller, 2);
  const bytes = controller.snapshot();
  const larger = new Uint8Array(bytes.length + 3);
  larger.set(bytes, 3);
  const other = smallController(1);
  other.restore(larger.subarray(3));
  expect(other.snapshot()).toEqual(bytes);
});

function rehashed(bytes: Uint8Array): Uint8Array {
  const end = bytes.length - 32;
  bytes.set(createHash('sha256').update(bytes.subarray(0, end)).digest(), end);
  return bytes;
}
