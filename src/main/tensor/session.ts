import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Binding, binding } from './backend.ts';
import { DATA_TYPE_CODES, type DataType, elementCount, type Shape } from './data-types.ts';
import { type Graph, type GraphNode, type Tensor, typeText } from './graph.ts';
import { toSavedModel } from './graph-def.ts';

/**
 * What is fed: elements in row-major order; a number where a scalar is fed; bool as bytes 0 and 1; strings as text.
 * TensorFlow reads the array in place, so it must not change while the run lasts.
 */
export type FeedValue = Float32Array | Int32Array | Uint8Array | BigInt64Array | string | readonly string[] | number;
export type Feeds = ReadonlyMap<Tensor, FeedValue>;
/** What is fetched: bool as bytes, int64 as BigInt64Array, strings as their bytes, one array each. */
export type TensorData = Float32Array | Int32Array | Uint8Array | BigInt64Array | Uint8Array[];

/** Types that tfjs-node's binding can carry; others are cast, or their bits read as int64, in the graph. */
const FETCHED: ReadonlySet<DataType> = new Set(['float32', 'int32', 'int64', 'bool', 'string']);
const FED: ReadonlySet<DataType> = new Set([...FETCHED, 'uint8']);

/** One way to run a session, resolved once: the same fetches and the same fed tensors at every call. */
export type PreparedRun = (values: readonly FeedValue[]) => TensorData[];

/** A run that TensorFlow refused or could not finish; the message is TensorFlow's. */
export class SessionError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'SessionError';
  }

  /** Whether memory, of the machine or of the device, did not suffice. */
  get outOfMemory(): boolean {
    return /\bOOM\b|out of memory|failed to allocate|ran out of memory/i.test(this.message);
  }
}

/** A graph loaded into TensorFlow, with its variables. One load is one session: a second one shares nothing. */
export class Session {
  private readonly binding: Binding;
  private readonly graph: Graph;
  private readonly nodeCount: number;
  private id: number | undefined;

  private constructor(native: Binding, graph: Graph, id: number) {
    this.binding = native;
    this.graph = graph;
    this.nodeCount = graph.nodes.length;
    this.id = id;
  }

  /**
   * Loads what the graph holds now, or the part of it that `keep` needs; nodes added later are not in it. Finishes the
   * graph. Variables start uninitialised.
   */
  static open(graph: Graph, keep?: readonly (Tensor | GraphNode)[]): Session {
    const native = binding();
    const model = toSavedModel(graph, keep);
    const folder = mkdtempSync(path.join(tmpdir(), 'cellwright-'));
    try {
      writeFileSync(path.join(folder, 'saved_model.pb'), model);
      return new Session(
        native,
        graph,
        translated(() => native.loadSavedModel(folder, 'serve')),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Computes the fetches. Throws `SessionError` with TensorFlow's message when a kernel fails. */
  run(fetches: readonly Tensor[], feeds: Feeds = new Map()): TensorData[] {
    return this.prepare(fetches, [...feeds.keys()])([...feeds.values()]);
  }

  /** Resolves names once, for a run that is repeated. Values are given in the order of `fed`. */
  prepare(fetches: readonly Tensor[], fed: readonly Tensor[]): PreparedRun {
    if (fetches.length === 0) throw new RangeError('A run needs at least one fetch.');
    for (const tensor of fetches) this.expectCarried(tensor, FETCHED, 'fetched');
    for (const tensor of fed) this.expectCarried(tensor, FED, 'fed');
    const fetchNames = fetches.map(({ name }) => name).join(',');
    const fedNames = fed.map(({ name }) => name).join(',');
    const native = this.binding;
    return (values) => {
      if (this.id === undefined) throw new SessionError('This session is closed.');
      if (values.length !== fed.length) throw new RangeError(`${fed.length} tensors are fed, not ${values.length}.`);
      const inputs: number[] = [];
      try {
        for (const [index, tensor] of fed.entries()) inputs.push(feed(native, tensor, values[index]!));
        const id = this.id;
        const outputs = translated(() => native.runSavedModel(id, inputs, fedNames, fetchNames));
        return outputs.map((output) => {
          const data = native.tensorDataSync(output.id);
          native.deleteTensor(output.id);
          return data;
        });
      } finally {
        for (const input of inputs) native.deleteTensor(input);
      }
    };
  }

  /** Frees the session and its variables. Idempotent. */
  close(): void {
    if (this.id === undefined) return;
    this.binding.deleteSavedModel(this.id);
    this.id = undefined;
  }

  private expectCarried(tensor: Tensor, types: ReadonlySet<DataType>, what: string): void {
    if (tensor.graph !== this.graph || tensor.node.id >= this.nodeCount) {
      throw new TypeError(`${tensor.name} is not part of this session: it was added later, or to another graph.`);
    }
    if (!types.has(tensor.dtype)) throw new TypeError(`${tensor.name} is ${typeText(tensor)}, which can't be ${what}.`);
  }
}

function translated<Result>(call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    throw new SessionError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Hands a value to TensorFlow; the handle must be freed. */
function feed(native: Binding, tensor: Tensor, value: FeedValue): number {
  const code = DATA_TYPE_CODES[tensor.dtype];
  if (tensor.dtype === 'string') {
    const texts = typeof value === 'string' ? [value] : (value as readonly string[]);
    return native.createTensor(
      fedShape(tensor, texts.length),
      code,
      texts.map((text) => new TextEncoder().encode(text)),
    );
  }
  const array = typeof value === 'number' ? scalar(tensor, value) : (value as Exclude<FeedValue, number | string>);
  if (!ArrayBuffer.isView(array)) throw new TypeError(`${tensor.name} is ${typeText(tensor)} and can't be fed text.`);
  if (array instanceof BigInt64Array) {
    const halves = new Int32Array(array.buffer, array.byteOffset, array.length * 2);
    return native.createTensor(fedShape(tensor, array.length), code, halves);
  }
  return native.createTensor(fedShape(tensor, array.length), code, array);
}

function scalar(tensor: Tensor, value: number): Float32Array | Int32Array | Uint8Array {
  if (tensor.dtype === 'float32') return Float32Array.of(value);
  if (tensor.dtype === 'int32') return Int32Array.of(value);
  if (tensor.dtype === 'bool' || tensor.dtype === 'uint8') return Uint8Array.of(value);
  throw new TypeError(`${tensor.name} is ${typeText(tensor)} and can't be fed a number.`);
}

/** The tensor's shape with an unknown batch worked out from the number of elements. */
function fedShape(tensor: Tensor, length: number): Shape {
  const { shape } = tensor;
  const unknown = shape.filter((size) => size === -1).length;
  const known = elementCount(shape.filter((size) => size !== -1));
  const fits = unknown === 0 ? known === length : unknown === 1 && known > 0 && length % known === 0;
  if (!fits) throw new RangeError(`${tensor.name} is ${typeText(tensor)} and was fed ${length} elements.`);
  return unknown === 0 ? shape : shape.map((size) => (size === -1 ? length / known : size));
}
