import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  deriveSeed,
  type PhiloxCounter,
  type PhiloxKey,
  permutation,
  philox4x32,
  randomNormal,
  randomUint32,
  randomUnit,
} from '../../src/shared/random.ts';

describe('philox4x32', () => {
  // The three philox4x32-10 lines of Random123's kat_vectors: counter, key, expected.
  const knownAnswers: [PhiloxCounter, PhiloxKey, PhiloxCounter][] = [
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ];
  it.each(knownAnswers)('gives the published answer for counter %j and key %j', (counter, key, expected) => {
    expect(philox4x32(counter, key)).toEqual(expected);
  });

  it('agrees with the same rounds in 64-bit integers', () => {
    const word = fc.integer({ min: 0, max: 0xffffffff });
    const reference = (counter: readonly number[], key: readonly number[]) => {
      let [a, b, c, d] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
      let [k, l] = key.map(BigInt) as [bigint, bigint];
      const low = (value: bigint) => value & 0xffffffffn;
      for (let round = 0; round < 10; round++) {
        const p = 0xd2511f53n * a;
        const q = 0xcd9e8d57n * c;
        [a, b, c, d] = [(q >> 32n) ^ b ^ k, low(q), (p >> 32n) ^ d ^ l, low(p)];
        [k, l] = [low(k + 0x9e3779b9n), low(l + 0xbb67ae85n)];
      }
      return [a, b, c, d].map(Number);
    };
    fc.assert(
      fc.property(fc.tuple(word, word, word, word), fc.tuple(word, word), (counter, key) => {
        expect(philox4x32(counter, key)).toEqual(reference(counter, key));
      }),
    );
  });
});

describe('random values', () => {
  it('uses seeds beyond 32 bits whole', () => {
    expect(randomUint32(5)).not.toBe(randomUint32(5 + 2 ** 32));
    expect(randomUint32(0)).toBe(0x6627e8d5);
  });

  it('refuses seeds that are negative, fractional or too large', () => {
    for (const seed of [-1, 0.5, 2 ** 53, Number.NaN]) expect(() => randomUint32(seed, 1)).toThrow(RangeError);
    expect(() => randomUint32(1, 1, 2, 3, 4, 5)).toThrow('at most 4 counters');
  });

  it('spreads units evenly over [0, 1)', () => {
    const bins = new Array<number>(20).fill(0);
    for (let index = 0; index < 20_000; index++) {
      const unit = randomUnit(11, index);
      expect(unit >= 0 && unit < 1).toBe(true);
      bins[Math.floor(unit * 20)]! += 1;
    }
    // Chi-square with 19 degrees of freedom: 43.8 is passed by 1 in 1,000 fair generators.
    const chiSquare = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(43.8);
  });

  it('draws normals with the moments and the tails of the normal law', () => {
    const count = 20_000;
    const values = Array.from({ length: count }, (_, index) => randomNormal(3, index));
    const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / count;
    expect(Math.abs(moment(1))).toBeLessThan(0.03);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.04);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.25);
    const beyondTwo = values.filter((value) => Math.abs(value) > 2).length / count;
    expect(Math.abs(beyondTwo - 0.0455)).toBeLessThan(0.006);
  });
});

describe('permutation', () => {
  it('holds every number once, whatever the length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.nat(), (length, seed) => {
        const sorted = [...permutation(length, seed, 0)].sort((a, b) => a - b);
        expect(sorted).toEqual(Array.from({ length }, (_, index) => index));
      }),
    );
  });

  it('repeats for the same seed and stream and differs for others', () => {
    const first = permutation(1000, 7, 2);
    expect(permutation(1000, 7, 2)).toEqual(first);
    expect(permutation(1000, 7, 3)).not.toEqual(first);
    expect(permutation(1000, 8, 2)).not.toEqual(first);
  });

  it('gives all orders of four numbers equally often', () => {
    const counts = new Map<string, number>();
    for (let stream = 0; stream < 12_000; stream++) {
      const order = permutation(4, 1, stream).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // Chi-square with 23 degrees of freedom: 49.7 is passed by 1 in 1,000 fair shuffles.
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 500) ** 2 / 500, 0);
    expect(chiSquare).toBeLessThan(49.7);
  });
});

describe('deriveSeed', () => {
  it('is an integer from 1 to 2^31 - 1', () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(fc.oneof(fc.string(), fc.nat())), (seed, labels) => {
        const derived = deriveSeed(seed, ...labels);
        expect(Number.isInteger(derived) && derived >= 1 && derived < 2 ** 31).toBe(true);
      }),
    );
  });

  it('tells apart the order, the kind and the borders of labels', () => {
    const paths: (string | number)[][] = [
      [],
      [0],
      [7],
      ['7'],
      ['trial', 1],
      [1, 'trial'],
      ['trial', 2],
      ['trial1'],
      ['tri', 'al', 1],
      ['a', 'b'],
      ['ab'],
      ['a'],
      ['a\0'],
      [''],
      ['', ''],
    ];
    const seeds = paths.flatMap((path) => [deriveSeed(1, ...path), deriveSeed(2, ...path)]);
    expect(new Set(seeds).size).toBe(2 * paths.length);
  });

  it('gives 10,000 trials seeds that collide no more often than chance', () => {
    const seeds = new Set(Array.from({ length: 10_000 }, (_, trial) => deriveSeed(42, 'trial', trial)));
    // 10,000 draws from 2^31: 0.02 collisions are expected.
    expect(seeds.size).toBeGreaterThanOrEqual(9_999);
  });
});
