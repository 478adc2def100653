// A process of its own: loads TensorFlow's binding, adds two numbers and prints what it found as one line of JSON. A
// native library that is broken ends this process and no other.
import { createRequire } from 'node:module';
import util from 'node:util';

interface Binding {
  readonly TF_Version: string;
}
interface TensorFlow {
  backend(): { readonly binding: Binding; readonly isUsingGpuDevice: boolean };
  add(a: number, b: number): { dataSync(): ArrayLike<number> };
}

// The package still calls two functions that Node 23 removed.
const old = util as unknown as Record<string, unknown>;
old.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
old.isArray ??= Array.isArray;

const tf = createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu') as TensorFlow;
const backend = tf.backend();
const sum = tf.add(19, 23).dataSync()[0];
process.stdout.write(
  `${JSON.stringify({ version: backend.binding.TF_Version, usesGpu: backend.isUsingGpuDevice, sum })}\n`,
);
