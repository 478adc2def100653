import { createRequire } from 'node:module';
import util from 'node:util';

/** What a session call gives back for each fetch: a handle that `tensorDataSync` reads and `deleteTensor` frees. */
export interface TensorMetadata {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: number;
}

/** The part of tfjs-node's native binding that sessions need (its `dist/tfjs_binding.d.ts`). */
export interface Binding {
  createTensor(shape: readonly number[], dtype: number, values: ArrayBufferView | readonly Uint8Array[]): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array | BigInt64Array | Uint8Array[];
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  /** Names are joined by commas. */
  runSavedModel(id: number, inputs: readonly number[], inputNames: string, fetchNames: string): TensorMetadata[];
  getNumOfTensors(): number;
  getNumOfSavedModels(): number;
  isUsingGpuDevice(): boolean;
  readonly TF_Version: string;
}

interface TensorFlowPackage {
  backend(): { readonly binding: Binding };
}

/**
 * The environment that TensorFlow must be loaded under, for results on a CPU that depend neither on load nor on the
 * number of cores: one intra-op thread, Grappler off (the binding's own build), oneDNN on because it is 1.5 to 2.3
 * times faster. `TF_NUM_INTEROP_THREADS` is free: it changes the speed and not the bits.
 */
export const TENSORFLOW_ENVIRONMENT: Readonly<Record<string, string>> = {
  TF_ENABLE_ONEDNN_OPTS: '1',
  TF_NUM_INTRAOP_THREADS: '1',
  TF_CPP_MIN_LOG_LEVEL: '2',
};

/** The whole environment of a process that trains on `cores` cores. */
export function tensorFlowEnvironment(cores: number): Record<string, string> {
  return { ...TENSORFLOW_ENVIRONMENT, TF_NUM_INTEROP_THREADS: String(Math.max(1, cores)) };
}

let loaded: TensorFlowPackage | undefined;

/**
 * tfjs-node's package, loaded on first use; the only place that does. Throws when the environment is not fixed: set
 * late, TensorFlow would not see it, and results would depend on the machine.
 */
export function tensorFlow(): TensorFlowPackage {
  if (loaded) return loaded;
  for (const name of ['TF_ENABLE_ONEDNN_OPTS', 'TF_NUM_INTRAOP_THREADS', 'TF_NUM_INTEROP_THREADS']) {
    if (process.env[name] === undefined) {
      throw new Error(
        `${name} must be set before TensorFlow is loaded; start the process with tensorFlowEnvironment().`,
      );
    }
  }
  restoreRemovedUtilities();
  loaded = createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu') as TensorFlowPackage;
  return loaded;
}

/**
 * The native binding itself. tfjs's own `runSavedModel` wraps each fetch in a tracked tensor and copies uint8 inputs
 * twice; a session needs neither.
 */
export function binding(): Binding {
  return tensorFlow().backend().binding;
}

/** tfjs-node 4.22 calls two functions of `util`: Node 23 removed the first and warns of the second. */
function restoreRemovedUtilities(): void {
  const removed = util as unknown as Record<string, unknown>;
  removed.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  removed.isArray = Array.isArray;
}
