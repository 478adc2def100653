import type { Tensor } from '../tensor/graph.ts';
import { whiten } from '../tensor/images.ts';

/** What a network reads of images [batch, height, width, channels] (uint8 or float): float32 of the same shape. */
export function preprocess(images: Tensor): Tensor {
  return whiten(images);
}
