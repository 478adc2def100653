import type { Scale } from '../records/architecture.ts';
import type { Dataset } from '../records/dataset.ts';
import type { SearchScale } from '../records/experiment.ts';
import { AUXILIARY_WINDOW, auxiliaryMap, firstStackMap, hasAuxiliary } from './map-sizes.ts';

/** What a data set says of a child's scale. */
export type ImageFacts = Pick<Scale, 'height' | 'width' | 'channels' | 'classes'>;

/** Longest shorter side that goes into the cells as it is. Ours: beyond it the first stack takes most of the time. */
export const LARGEST_SMALL_SIDE = 64;

/** Ours: large images get the stem that brings them down to an eighth. The shorter side decides, as it vanishes first. */
export function stemFor(height: number, width: number): Scale['stem'] {
  return Math.min(height, width) <= LARGEST_SMALL_SIDE ? 'cifar' : 'imagenet';
}

export function imageFacts({ imageSize, channels, classes }: Dataset): ImageFacts {
  return { ...imageSize, channels, classes: classes.length };
}

/** The scale of a search's children on such images. */
export function childScale(scale: SearchScale, images: ImageFacts): Scale {
  const stem = scale.stem === 'auto' ? stemFor(images.height, images.width) : scale.stem;
  return { ...scale, ...images, stem };
}

/** What is to be said of a scale before somebody trains at it, in sentences. `asked` is the stem that was asked for. */
export function scaleNotes(scale: Scale, asked: SearchScale['stem'] = scale.stem): string[] {
  const notes: string[] = [];
  if (asked === 'auto' && scale.stem === 'imagenet') {
    notes.push(
      `The shorter side of the images is above ${LARGEST_SMALL_SIDE} pixels: the stem for large images brings ` +
        `${sizeWords([scale.height, scale.width])} down to ${sizeWords(firstStackMap(scale))}.`,
    );
  }
  if (scale.auxiliary && !hasAuxiliary(scale)) {
    const window = sizeWords([AUXILIARY_WINDOW, AUXILIARY_WINDOW]);
    notes.push(
      `The auxiliary classifier is left out: its pool needs ${window}, and at this size there are ` +
        `${sizeWords(auxiliaryMap(scale))}.`,
    );
  }
  return notes;
}

/** What is to be said of a search's children on a data set, in sentences. */
export function searchNotes(scale: SearchScale, dataset: Dataset): string[] {
  return scaleNotes(childScale(scale, imageFacts(dataset)), scale.stem);
}

/** Height first, as the shapes of maps are written. */
function sizeWords([height, width]: readonly [number, number]): string {
  return `${height} x ${width}`;
}
