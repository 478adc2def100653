/**
 * Randomness without a state to lose: every value is a pure function of a seed and of counters that say what it is
 * for. The generator is Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3",
 * SC11). A seed is an integer from 0 to 2^53 - 1, a counter is a 32-bit unsigned integer.
 */

export type PhiloxCounter = readonly [number, number, number, number];
export type PhiloxKey = readonly [number, number];

const ROUNDS = 10;
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;

/** Upper 32 bits of the 64-bit product of two 32-bit unsigned integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carried = aLow * bHigh + (middle % 0x10000);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carried / 0x10000)) >>> 0;
}

/** One block of four 32-bit unsigned integers. */
export function philox4x32(counter: PhiloxCounter, key: PhiloxKey): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** Lower and upper 32 bits of an integer from 0 to 2^53 - 1. */
function twoWords(value: number): [number, number] {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`A seed or label must be an integer from 0 to 2^53 - 1, not ${value}.`);
  }
  return [value >>> 0, Math.floor(value / 0x1_0000_0000)];
}

/** The block at up to four counters; missing ones are 0. */
function block(seed: number, counters: readonly number[]): [number, number, number, number] {
  if (counters.length > 4) throw new RangeError(`A random value has at most 4 counters, not ${counters.length}.`);
  const [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = counters;
  return philox4x32([c0 >>> 0, c1 >>> 0, c2 >>> 0, c3 >>> 0], twoWords(seed));
}

/** A fraction in [0, 1) with 53 random bits, from two words. */
function fraction(high: number, low: number): number {
  return ((high >>> 5) * 0x400_0000 + (low >>> 6)) / 0x20_0000_0000_0000;
}

/** A uniform integer from 0 to 2^32 - 1; up to four counters, missing ones are 0. */
export function randomUint32(seed: number, ...counters: number[]): number {
  return block(seed, counters)[0];
}

/** A uniform number in [0, 1) with 53 random bits; up to four counters, missing ones are 0. */
export function randomUnit(seed: number, ...counters: number[]): number {
  const [high, low] = block(seed, counters);
  return fraction(high, low);
}

/** A normal number with mean 0 and deviation 1 (Box-Muller); up to four counters, missing ones are 0. */
export function randomNormal(seed: number, ...counters: number[]): number {
  const [a, b, c, d] = block(seed, counters);
  const radius = Math.sqrt(-2 * Math.log(1 - fraction(a, b)));
  return radius * Math.cos(2 * Math.PI * fraction(c, d));
}

/** Keeps the blocks of a permutation apart from those that the same seed gives to plain counters ("perm"). */
const PERMUTATION_DOMAIN = 0x7065726d;

/** The numbers 0 … length - 1 in a random order (Fisher-Yates); each `stream` (a counter) is an order of its own. */
export function permutation(length: number, seed: number, stream: number): Uint32Array {
  const order = new Uint32Array(length);
  for (let index = 0; index < length; index++) order[index] = index;
  const key = twoWords(seed);
  for (let last = length - 1; last > 0; last--) {
    const [high, low] = philox4x32([last, stream >>> 0, 0, PERMUTATION_DOMAIN], key);
    const chosen = Math.floor(fraction(high, low) * (last + 1));
    const moved = order[last]!;
    order[last] = order[chosen]!;
    order[chosen] = moved;
  }
  return order;
}

const NO_LABEL = 0;
const NUMBER_LABEL = 1;
const STRING_LABEL = 2;
const TEXT_CHUNK = 3;

/**
 * A child of the seed tree (experiment → trial → split, initialisation, augmentation): an integer from 1 to 2^31 - 1
 * that depends on the seed and on every label in its order. Never 0, which TensorFlow reads as "unseeded". A number
 * label is an integer from 0 to 2^53 - 1; the number 7 and the text '7' are different labels.
 */
export function deriveSeed(seed: number, ...labels: (string | number)[]): number {
  let key = twoWords(seed);
  let last = 0;
  const absorb = (tag: number, low: number, high: number) => {
    const [a, b, c] = philox4x32([low, high, 0, tag], key);
    key = [a, b];
    last = c;
  };
  for (const label of labels) {
    if (typeof label === 'number') {
      absorb(NUMBER_LABEL, ...twoWords(label));
      continue;
    }
    absorb(STRING_LABEL, label.length, 0);
    for (let at = 0; at < label.length; at += 2) {
      absorb(TEXT_CHUNK, label.charCodeAt(at), at + 1 < label.length ? label.charCodeAt(at + 1) : 0);
    }
  }
  if (labels.length === 0) absorb(NO_LABEL, 0, 0);
  return last & 0x7fff_ffff || 1;
}
