import { BYTES_PER_ELEMENT, type DataType, elementCount, type Shape } from './data-types.ts';
import type { Graph, Tensor, Variable } from './graph.ts';
import { done } from './operations/arithmetic.ts';
import { deepCopy } from './operations/array.ts';
import type { FeedValue, Session } from './session.ts';

export interface StatePart {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: Shape;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** All state of a training as one block of bytes, in the order given: what a checkpoint stores. */
export class StateBlock {
  readonly sizeBytes: number;
  readonly layout: readonly StatePart[];
  private readonly values: readonly Tensor[];
  private readonly fed: readonly Tensor[];
  private readonly written: Tensor;

  /** Adds the nodes that reading and writing need; call before `Session.open`. At least one; float32 or int32. */
  constructor(graph: Graph, variables: readonly Variable[]) {
    let offset = 0;
    this.layout = variables.map(({ name, dtype, shape }) => {
      const sizeBytes = elementCount(shape) * BYTES_PER_ELEMENT[dtype];
      offset += sizeBytes;
      return { name, dtype, shape, offset: offset - sizeBytes, sizeBytes };
    });
    this.sizeBytes = offset;
    this.values = variables.map(({ value }) => value);
    this.fed = graph.scope('restore', () =>
      variables.map(({ dtype, shape }, index) => graph.placeholder(`part_${index}`, dtype, shape)),
    );
    const [first, ...others] = variables.map((variable, index) => graph.assign(variable, deepCopy(this.fed[index]!)));
    if (!first) throw new RangeError('A state block needs at least one variable.');
    this.written = done([first, ...others], 'restore/done');
  }

  /** The bytes of all variables, bit for bit, little-endian. */
  read(session: Session): Uint8Array {
    const block = new Uint8Array(this.sizeBytes);
    for (const [index, data] of session.run(this.values).entries()) {
      if (Array.isArray(data)) throw new TypeError('A state block holds no texts.');
      block.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), this.layout[index]!.offset);
    }
    return block;
  }

  /** Sets all variables, initialised or not. Throws when the block has another size. */
  write(session: Session, block: Uint8Array): void {
    if (block.length !== this.sizeBytes) {
      throw new RangeError(`The state has ${this.sizeBytes} bytes, not ${block.length}.`);
    }
    const feeds = this.fed.map((tensor, index) => [tensor, partOf(block, this.layout[index]!)] as const);
    session.run([this.written], new Map(feeds));
  }
}

/** A copy of its own (a Buffer's `slice` is none), so that elements are aligned wherever the block lies in memory. */
function partOf(block: Uint8Array, { dtype, offset, sizeBytes }: StatePart): FeedValue {
  const { buffer } = new Uint8Array(block.subarray(offset, offset + sizeBytes));
  if (dtype === 'float32') return new Float32Array(buffer);
  if (dtype === 'int32') return new Int32Array(buffer);
  throw new TypeError(`A state block can't hold ${dtype}.`);
}
