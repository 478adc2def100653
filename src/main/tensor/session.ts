import type { Graph, Tensor } from './graph.ts';

/**
 * What is fed: elements in row-major order. int64 as BigInt64Array, bool as bytes 0 and 1, strings as text or bytes.
 * The array must not be changed while the run lasts; TensorFlow reads it in place.
 */
export type FeedValue = Float32Array | Int32Array | Uint8Array | BigInt64Array | string | readonly string[] | number;
export type Feeds = ReadonlyMap<Tensor, FeedValue>;
/** What is fetched: bool as bytes, int64 as BigInt64Array, strings as their bytes, one array each. */
export type TensorData = Float32Array | Int32Array | Uint8Array | BigInt64Array | Uint8Array[];

/** One way to run a session, resolved once: the same fetches and the same fed tensors at every call. */
export type PreparedRun = (values: readonly FeedValue[]) => TensorData[];

/** A graph loaded into TensorFlow, with its variables. One load is one session: a second one shares nothing. */
export class Session {
  /** Loads what the graph holds now; nodes added later are not in it. Finishes the graph. */
  static open(_graph: Graph): Session {
    throw new Error('not written yet');
  }

  /** Computes the fetches. Throws `SessionError` with TensorFlow's message when a kernel fails. */
  run(_fetches: readonly Tensor[], _feeds: Feeds = new Map()): TensorData[] {
    throw new Error('not written yet');
  }

  prepare(_fetches: readonly Tensor[], _fed: readonly Tensor[]): PreparedRun {
    throw new Error('not written yet');
  }

  /** Frees the session and its variables. Idempotent. */
  close(): void {}
}
