import { textAttribute, typeAttribute } from './attributes.ts';
import type { Tensor } from './graph.ts';
import {
  add,
  cast,
  divide,
  floor,
  greaterEqual,
  less,
  logicalAnd,
  logicalNot,
  matMul,
  maximum,
  mean,
  multiply,
  sqrt,
  square,
  subtract,
} from './operations/arithmetic.ts';
import { reshape, slice } from './operations/array.ts';
import { biasAdd } from './operations/neural.ts';
import { placeSeed, randomUniform } from './operations/random.ts';
import { expectRank } from './operations/shapes.ts';

/**
 * Images [batch, height, width, channels] (uint8 or float) as float32 with mean 0 and deviation 1 over each image. The
 * deviation is at least 1/sqrt(elements), so that a plain image gives zeros: TensorFlow's `per_image_standardization`.
 */
export function whiten(images: Tensor): Tensor {
  expectRank('whiten', images, 4);
  const { graph } = images;
  const whole = { axes: [1, 2, 3], keepDimensions: true };
  const centred = subtract(cast(images, 'float32'), mean(cast(images, 'float32'), whole));
  const elements = images.shape[1]! * images.shape[2]! * images.shape[3]!;
  const smallest = graph.constant(1 / Math.sqrt(elements), 'float32');
  return divide(centred, maximum(sqrt(mean(square(centred), whole)), smallest));
}

export interface AugmentationOptions {
  /** Mirror left to right with probability 1/2. */
  readonly flip: boolean;
  /** Pixels of zeros on each side before a random crop back to the image's size; 0 switches it off. */
  readonly cropPadding: number;
  /** Side of the blanked square; 0 switches it off. */
  readonly cutout: number;
}

/** Places in the seed tree of one augmentation. */
const MOVE_PLACE = 1;
const CUTOUT_PLACE = 2;

/**
 * Whitened float32 images mirrored, cropped and blanked at random, in this order; `seed` is int32 [2], usually
 * [seed, step]. What an image gets depends on the seed and on its place in the batch. Zeros come in from outside.
 */
export function augment(images: Tensor, seed: Tensor, options: AugmentationOptions): Tensor {
  expectRank('augment', images, 4);
  const { flip, cropPadding, cutout } = options;
  const moved = flip || cropPadding > 0 ? flipAndCrop(images, seed, flip, cropPadding) : images;
  return cutout > 0 ? blankSquare(moved, seed, cutout) : moved;
}

/** Whole numbers [batch, limits.length], the k-th in 0 … limits[k] - 1, as float32. */
function randomIntegers(seed: Tensor, batch: number, limits: readonly number[]): Tensor {
  const uniform = randomUniform(seed, [batch, limits.length]);
  return floor(multiply(uniform, seed.graph.constant(limits, 'float32', [1, limits.length])));
}

/** One kernel for both: output (x, y) is read from input (±x + shift, y + shift), zero outside. */
function flipAndCrop(images: Tensor, seed: Tensor, flip: boolean, padding: number): Tensor {
  const { graph } = images;
  const [batch, height, width] = images.shape as [number, number, number, number];
  const positions = 2 * padding + 1;
  const drawn = randomIntegers(placeSeed(seed, MOVE_PLACE), batch, [flip ? 2 : 1, positions, positions]);
  // Rows: what a mirrored image, one more pixel to the right and one more down add to [1 0 x, 0 1 y, 0 0].
  const effects = [-2, 0, width - 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0];
  const unmoved = graph.constant([1, 0, -padding, 0, 1, -padding, 0, 0], 'float32', [8]);
  const transforms = biasAdd(matMul(drawn, graph.constant(effects, 'float32', [3, 8])), unmoved);
  const size = graph.constant([height, width], 'int32', [2]);
  const attributes = {
    dtype: typeAttribute('float32'),
    interpolation: textAttribute('NEAREST'),
    fill_mode: textAttribute('CONSTANT'),
  };
  const inputs = [images, transforms, size, graph.constant(0, 'float32')];
  return graph.add('ImageProjectiveTransformV3', inputs, attributes, [images]).outputs[0]!;
}

/** Zeros in a square whose centre is any pixel of the image; what lies outside is cut off (DeVries, Taylor 2017). */
function blankSquare(images: Tensor, seed: Tensor, side: number): Tensor {
  const { graph } = images;
  const [batch, height, width] = images.shape as [number, number, number, number];
  const centres = randomIntegers(placeSeed(seed, CUTOUT_PLACE), batch, [height, width]);
  const inside = (size: number, axis: number) => {
    const start = subtract(slice(centres, [0, axis], [batch, 1]), graph.constant(Math.floor(side / 2), 'float32'));
    const places = graph.constant(
      Array.from({ length: size }, (_, index) => index),
      'float32',
      [1, size],
    );
    const end = add(start, graph.constant(side, 'float32'));
    return logicalAnd(greaterEqual(places, start), less(places, end));
  };
  const rows = reshape(inside(height, 0), [batch, height, 1, 1]);
  const columns = reshape(inside(width, 1), [batch, 1, width, 1]);
  return multiply(images, cast(logicalNot(logicalAnd(rows, columns)), 'float32'));
}
