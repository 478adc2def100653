import type { Graph, Tensor } from './graph.ts';
import type { Session } from './session.ts';

/** Images and their classes kept in the session: uint8 as they lie in a raw file, read by the graph itself. */
export class ResidentImages {
  /** `[count, height, width, channels]`. Adds the variables and the loading nodes; call before `Session.open`. */
  constructor(_graph: Graph, _name: string, _shape: readonly [number, number, number, number]) {}
  /** Reads the images file (count·height·width·channels bytes) and sets the classes. */
  load(_session: Session, _imagesFile: string, _classes: Int32Array): void {
    throw new Error('not written yet');
  }
  /** uint8 images [batch, height, width, channels] and int32 classes [batch] of int32 indices [batch]. */
  batch(_indices: Tensor): { images: Tensor; classes: Tensor } {
    throw new Error('not written yet');
  }
}
