import type { Tensor } from './graph.ts';

/** uint8 or float images [batch, height, width, channels] to float32 with mean 0 and deviation 1 for each image. */
export function whiten(_images: Tensor): Tensor {
  throw new Error('not written yet');
}

export interface AugmentationOptions {
  readonly flip: boolean;
  /** Pixels of zero padding before a random crop back; 0 switches it off. */
  readonly cropPadding: number;
  /** Side of the blanked square; 0 switches it off. */
  readonly cutout: number;
}

/**
 * Whitened images flipped, cropped and blanked at random; `seed` is int32 [2], usually [seed, step]. What one image
 * gets depends on the seed and its place in the batch only.
 */
export function augment(_images: Tensor, _seed: Tensor, _options: AugmentationOptions): Tensor {
  throw new Error('not written yet');
}
