import type { Graph, Tensor } from '../tensor/graph.ts';
import { done } from '../tensor/operations/arithmetic.ts';
import { deepCopy, gather } from '../tensor/operations/array.ts';
import type { FeedValue, Session } from '../tensor/session.ts';
import type { ImageSplit } from './image-split.ts';

/** What a source needs of a split. */
export type SourceImages = Pick<ImageSplit, 'count' | 'sizeBytes' | 'imageShape' | 'classes' | 'readBatch'>;

/** A batch in the graph and what must be fed for it. */
export interface ImageBatch {
  /** uint8 [batch, height, width, channels]. */
  readonly images: Tensor;
  /** int32 [batch]. */
  readonly classes: Tensor;
  readonly fed: readonly Tensor[];
  /** Values of `fed` for images at the given places of the split. */
  values(indices: Int32Array): readonly FeedValue[];
}

/** Where the graph takes a split's images from. Both kinds give the same bytes. */
export interface ImageSource {
  readonly kind: 'resident' | 'streamed';
  batch(name: string, batchSize: number): ImageBatch;
  /** Nodes that a session must keep for `load`. */
  readonly kept: readonly Tensor[];
  load(session: Session): void;
}

/** Holds the images in the session if they fit the budget, else reads each batch from disk. */
export function imageSource(
  graph: Graph,
  split: SourceImages,
  residentBytes: number,
  all: () => Uint8Array,
): ImageSource {
  return split.sizeBytes <= residentBytes ? residentSource(graph, split, all) : streamedSource(graph, split);
}

/** Images and classes are variables, so they stay on the device; a batch is a gather. */
function residentSource(graph: Graph, split: SourceImages, all: () => Uint8Array): ImageSource {
  const shape = [split.count, ...split.imageShape];
  const images = graph.variable('images', shape, { dtype: 'uint8' });
  const classes = graph.variable('classes', [split.count], { dtype: 'int32' });
  const fed = [
    graph.placeholder('images/fed', 'uint8', shape),
    graph.placeholder('classes/fed', 'int32', [split.count]),
  ];
  const loaded = done(
    [graph.assign(images, deepCopy(fed[0]!)), graph.assign(classes, deepCopy(fed[1]!))],
    'images/loaded',
  );
  return {
    kind: 'resident',
    kept: [loaded],
    load: (session) => void session.prepare([loaded], fed)([all(), split.classes]),
    batch: (name, batchSize) => {
      const indices = graph.placeholder(`${name}/indices`, 'int32', [batchSize]);
      return {
        images: gather(images.value, indices),
        classes: gather(classes.value, indices),
        fed: [indices],
        values: (places) => [places],
      };
    },
  };
}

function streamedSource(graph: Graph, split: SourceImages): ImageSource {
  return {
    kind: 'streamed',
    kept: [],
    load: () => undefined,
    batch: (name, batchSize) => {
      const images = graph.placeholder(`${name}/images`, 'uint8', [batchSize, ...split.imageShape]);
      const classes = graph.placeholder(`${name}/classes`, 'int32', [batchSize]);
      return {
        images,
        classes,
        fed: [images, classes],
        values: (places) => [split.readBatch(places), Int32Array.from(places, (place) => split.classes[place]!)],
      };
    },
  };
}
