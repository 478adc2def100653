// A process of its own: `strided-process.ts CASE.json` computes the gradients of a 1x1 convolution with strides, again
// and again, and prints `done`. A kernel that writes where it must not ends it by a signal.
import './environment.ts';
import { elementCount } from '../../../src/main/tensor/data-types.ts';
import { gradients } from '../../../src/main/tensor/gradients.ts';
import { Graph, type Tensor } from '../../../src/main/tensor/graph.ts';
import { sum } from '../../../src/main/tensor/operations/arithmetic.ts';
import { conv2d } from '../../../src/main/tensor/operations/neural.ts';
import { Session } from '../../../src/main/tensor/session.ts';

/** A 1x1 convolution of [4, size, size, channels]. */
export interface StridedCase {
  readonly size: number;
  readonly channels: number;
  readonly strides: readonly [number, number];
}

const TIMES = 50;

const { size, channels, strides } = JSON.parse(process.argv[2]!) as StridedCase;
const graph = new Graph();
const x = graph.placeholder('x', 'float32', [4, size, size, channels]);
const filter = graph.placeholder('filter', 'float32', [1, 1, channels, 8]);
const fetched = gradients(sum(conv2d(x, filter, { strides, padding: 'SAME' })), [x, filter]);
const values = (tensor: Tensor) => Float32Array.from({ length: elementCount(tensor.shape) }, (_, index) => index % 7);
const feeds = new Map([x, filter].map((tensor) => [tensor, values(tensor)]));
const session = Session.open(graph);
for (let time = 0; time < TIMES; time++) session.run(fetched, feeds);
session.close();
console.log('done');
