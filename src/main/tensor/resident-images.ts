import type { Graph, Tensor, Variable } from './graph.ts';
import { done } from './operations/arithmetic.ts';
import { deepCopy, gather } from './operations/array.ts';
import { decodeRaw, readFile } from './operations/files.ts';
import type { Session } from './session.ts';

/** TensorFlow keeps int32 variables on the host only. */
const HOST = '/device:CPU:0';

/**
 * Images and their classes kept in the session, on its device: uint8 as they lie in a raw file, which the graph reads
 * itself (measured for 150 MB: 0.15 s and a peak of twice the size, against 0.8 s and 2 GB through JavaScript).
 */
export class ResidentImages {
  readonly #images: Variable;
  readonly #classes: Variable;
  readonly #path: Tensor;
  readonly #fedClasses: Tensor;
  readonly #loaded: Tensor;

  /** `[count, height, width, channels]`. Adds the variables and the loading nodes; call before `Session.open`. */
  constructor(graph: Graph, name: string, shape: readonly [number, number, number, number]) {
    this.#images = graph.variable(`${name}/images`, shape, { dtype: 'uint8' });
    const host = graph.device(HOST, () => {
      const classes = graph.variable(`${name}/classes`, [shape[0]], { dtype: 'int32' });
      const path = graph.placeholder(`${name}/path`, 'string', []);
      const fedClasses = graph.placeholder(`${name}/fed_classes`, 'int32', [shape[0]]);
      return { classes, path, fedClasses, assigned: graph.assign(classes, deepCopy(fedClasses)) };
    });
    this.#classes = host.classes;
    this.#path = host.path;
    this.#fedClasses = host.fedClasses;
    const images = graph.assign(this.#images, decodeRaw(readFile(this.#path), 'uint8', shape));
    this.#loaded = graph.device(HOST, () => done([images, host.assigned]));
  }

  /** Reads the images file (exactly count · height · width · channels bytes) and sets the classes. */
  load(session: Session, imagesFile: string, classes: Int32Array): void {
    session.run(
      [this.#loaded],
      new Map<Tensor, string | Int32Array>([
        [this.#path, imagesFile],
        [this.#fedClasses, classes],
      ]),
    );
  }

  /** uint8 images [batch, height, width, channels] and int32 classes [batch] of int32 indices [batch]. */
  batch(indices: Tensor): { readonly images: Tensor; readonly classes: Tensor } {
    const { graph } = indices;
    const classes = graph.device(HOST, () => gather(this.#classes.value, indices));
    return { images: gather(this.#images.value, indices), classes };
  }
}
