import type { Scale } from '../records/architecture.ts';
import type { Padding } from './plan.ts';

/** `[height, width]` of a map. Pixels. */
export type MapSize = readonly [number, number];

/** What of a scale the sizes of its maps depend on. */
export type SizedScale = Pick<Scale, 'stem' | 'height' | 'width'>;

/** Side of the window that the auxiliary classifier pools with (released code). */
export const AUXILIARY_WINDOW = 5;

/** Output size along one side under TensorFlow's padding rules. */
export function outputSize(size: number, kernel: number, stride: number, padding: Padding): number {
  return padding === 'SAME' ? Math.ceil(size / stride) : Math.floor((size - kernel) / stride) + 1;
}

/** What a reduction makes of a map. */
export function halved([height, width]: MapSize): MapSize {
  return [Math.ceil(height / 2), Math.ceil(width / 2)];
}

/** What the stem's convolution makes of the images: all of them, or every second pixel of a large one, unpadded. */
export function stemMap({ stem, height, width }: SizedScale): MapSize {
  if (stem === 'cifar') return [height, width];
  return [outputSize(height, 3, 2, 'VALID'), outputSize(width, 3, 2, 'VALID')];
}

/** What the first Normal cell reads: the large stem has two Reduction cells. */
export function firstStackMap(scale: SizedScale): MapSize {
  const map = stemMap(scale);
  return scale.stem === 'cifar' ? map : halved(halved(map));
}

/** What the auxiliary classifier reads: the maps of the second stack. */
export function auxiliaryMap(scale: SizedScale): MapSize {
  return halved(firstStackMap(scale));
}

/** Whether the auxiliary classifier is asked for, and its pool fits. Ours: the released code refuses smaller maps. */
export function hasAuxiliary(scale: SizedScale & Pick<Scale, 'auxiliary'>): boolean {
  return scale.auxiliary && Math.min(...auxiliaryMap(scale)) >= AUXILIARY_WINDOW;
}
