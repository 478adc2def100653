import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { gradients } from '../../../src/main/tensor/gradients.ts';
import { Graph } from '../../../src/main/tensor/graph.ts';
import { sum } from '../../../src/main/tensor/operations/arithmetic.ts';
import { conv2d } from '../../../src/main/tensor/operations/neural.ts';
import type { StridedCase } from './strided-process.ts';

const PROGRAM = fileURLToPath(new URL('strided-process.ts', import.meta.url));

/** Wrote past oneDNN's scratch memory: the first three with AVX2, the last with AVX-512. Each is a process. */
const CASES: readonly (StridedCase & { readonly kernels: string })[] = [
  { kernels: 'AVX2', size: 8, channels: 4, strides: [2, 2] },
  { kernels: 'AVX2', size: 32, channels: 1, strides: [2, 2] },
  { kernels: 'AVX2', size: 32, channels: 3, strides: [1, 2] },
  { kernels: 'DEFAULT', size: 64, channels: 12, strides: [2, 2] },
];

describe('the gradients of a 1x1 convolution with strides', () => {
  it.each(CASES)('write nowhere else: $size x $size x $channels by $strides, $kernels', ({ kernels, ...one }) => {
    const { signal, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, JSON.stringify(one)], {
      env: { ...process.env, ONEDNN_MAX_CPU_ISA: kernels },
      encoding: 'utf8',
    });
    expect({ signal, stdout }, stderr).toEqual({ signal: null, stdout: 'done\n' });
  });

  it('leave the strides to the filter’s kernel only where it is safe with all of oneDNN’s instruction sets', () => {
    const strides = (channels: number, size = 8, window = 1, dtype: 'float32' | 'float64' = 'float32') => {
      const graph = new Graph();
      const x = graph.placeholder('x', dtype, [2, size, size, channels]);
      const filter = graph.placeholder('filter', dtype, [window, window, channels, 3]);
      const [gradient] = gradients(sum(conv2d(x, filter, { strides: [2, 2], padding: 'SAME' })), [filter]);
      return gradient!.node.attributes.strides;
    };
    const apart = { kind: 'ints', value: [1, 2, 2, 1] };
    const side = { kind: 'ints', value: [1, 1, 1, 1] };
    expect([1, 7, 8, 15].map((channels) => strides(channels))).toEqual([side, side, side, side]);
    expect([strides(16), strides(4, 7), strides(4, 8, 3), strides(4, 8, 1, 'float64')]).toEqual([
      apart,
      apart,
      apart,
      apart,
    ]);
  });
});
