import type { Graph, Variable } from './graph.ts';
import type { Session } from './session.ts';

/** All state of a training as one block of bytes, in the order given: what a checkpoint stores. */
export class StateBlock {
  readonly sizeBytes: number;
  readonly layout: readonly {
    name: string;
    dtype: string;
    shape: readonly number[];
    offset: number;
    sizeBytes: number;
  }[];
  /** Adds the nodes that reading and writing need; call before `Session.open`. */
  constructor(_graph: Graph, _variables: readonly Variable[]) {
    this.sizeBytes = 0;
    this.layout = [];
  }
  /** The bytes of all variables, bit for bit. */
  read(_session: Session): Uint8Array {
    throw new Error('not written yet');
  }
  /** Sets all variables. Throws when the block has another size. */
  write(_session: Session, _bytes: Uint8Array): void {
    throw new Error('not written yet');
  }
}
