import './environment.ts';
import { describe, expect, it } from 'vitest';
import { elementCount } from '../../../src/main/tensor/data-types.ts';
import { Graph } from '../../../src/main/tensor/graph.ts';
import { FAN_OUT, ONES, ZEROS } from '../../../src/main/tensor/initial.ts';
import { cast } from '../../../src/main/tensor/operations/arithmetic.ts';
import { Parameters } from '../../../src/main/tensor/parameters.ts';
import { Session } from '../../../src/main/tensor/session.ts';

const SHAPES = {
  pointwise: [1, 1, 32, 32],
  odd: [3, 3, 5, 1],
  depthwise: [5, 5, 64, 1],
  tiny: [2, 1, 1, 1],
  dense: [70, 10],
} as const;

function network(computeType: 'float32' | 'bfloat16' | 'float16' = 'float32') {
  const graph = new Graph();
  const parameters = new Parameters(graph, { computeType });
  const kernels = Object.entries(SHAPES).map(([name, shape]) => parameters.kernel(name, shape, FAN_OUT));
  const vectors = [parameters.vector('gamma', [7], ONES), parameters.vector('beta', [64], ZEROS)];
  const statistics = [parameters.statistic('mean', [7], ZEROS), parameters.statistic('variance', [7], ONES)];
  const all = [...kernels, ...vectors, ...statistics].map((tensor) => cast(tensor, 'float32'));
  return { graph, parameters, all };
}

function initialised(seed: number, computeType?: 'float32' | 'bfloat16') {
  const { graph, parameters, all } = network(computeType);
  const bank = parameters.bank('kernels')!.value;
  const session = Session.open(graph);
  parameters.initialise(session, seed);
  const values = session.run([...all, bank]) as Float32Array[];
  session.close();
  return { entries: parameters.entries, values };
}

describe('parameters', () => {
  it.each(['float32', 'bfloat16'] as const)('are read from their bank in their own shapes, in %s', (type) => {
    const { entries, values } = initialised(3, type);
    const bank = values.at(-1)!;
    for (const [index, [name, shape]] of Object.entries(SHAPES).entries()) {
      const entry = entries.find((each) => each.name === name)!;
      expect(entry.size).toBe(elementCount(shape));
      const stored = bank.subarray(entry.offset, entry.offset + entry.size);
      expect(values[index]!.length).toBe(stored.length);
      for (const [place, value] of values[index]!.entries()) {
        // bfloat16 keeps 8 bits of the mantissa.
        expect(Math.abs(value - stored[place]!)).toBeLessThanOrEqual(type === 'float32' ? 0 : Math.abs(value) / 128);
      }
    }
  });

  it('lie in their bank without overlapping, those of aligned sizes first', () => {
    const { entries } = initialised(3);
    const kernels = entries.filter(({ bank }) => bank === 'kernels');
    expect(kernels.map(({ name }) => name)).toEqual(['pointwise', 'depthwise', 'odd', 'tiny', 'dense']);
    let end = 0;
    for (const { offset, size } of kernels) {
      expect(offset).toBe(end);
      end += size;
    }
  });

  it('start as the released code’s: truncated normal by fan-out for kernels, ones and zeros for the rest', () => {
    const { values } = initialised(3);
    const [pointwise, , depthwise] = values as [Float32Array, Float32Array, Float32Array];
    for (const [kernel, fan] of [
      [pointwise, 32],
      [depthwise, 25],
    ] as const) {
      const deviation = Math.sqrt((1.3 * 2) / fan);
      const mean = kernel.reduce((sum, value) => sum + value, 0) / kernel.length;
      const variance = kernel.reduce((sum, value) => sum + value * value, 0) / kernel.length;
      expect(Math.max(...kernel.map(Math.abs))).toBeLessThanOrEqual(2 * deviation);
      expect(Math.abs(mean)).toBeLessThan((4 * deviation) / Math.sqrt(kernel.length));
      // A normal cut off at two deviations has 0.7737 of its variance; 1,000 draws tell within a tenth.
      expect(variance / (0.7737 * deviation ** 2)).toBeGreaterThan(0.9);
      expect(variance / (0.7737 * deviation ** 2)).toBeLessThan(1.1);
    }
    expect(values.slice(5, 9)).toEqual([
      new Float32Array(7).fill(1),
      new Float32Array(64),
      new Float32Array(7),
      new Float32Array(7).fill(1),
    ]);
  });

  it('start as a function of the seed', () => {
    expect(initialised(3).values).toEqual(initialised(3).values);
    expect(initialised(4).values[0]).not.toEqual(initialised(3).values[0]);
  });

  it('are the same tensor whoever asks, and refuse another shape or a late declaration', () => {
    const { graph, parameters } = network();
    expect(parameters.kernel('tiny', SHAPES.tiny, FAN_OUT)).toBe(parameters.kernel('tiny', SHAPES.tiny, FAN_OUT));
    expect(() => parameters.kernel('tiny', [2, 2, 1, 1], FAN_OUT)).toThrow(
      'has the shape [2, 1, 1, 1], not [2, 2, 1, 1]',
    );
    graph.finish();
    expect(() => parameters.kernel('late', [2], ONES)).toThrow('declared after the graph was finished');
  });

  it('are read from other tensors of the bank’s shape, such as averages', () => {
    const { graph, parameters } = network();
    const bank = parameters.bank('vectors')!;
    const doubled = graph.placeholder('other', 'float32', bank.shape);
    const view = parameters.readFrom({ vectors: doubled });
    const beta = view.vector('beta', [64], ZEROS);
    expect(() => view.vector('gamma', [8], ONES)).toThrow('no parameter gamma [8]');
    expect(() => view.observe('mean', [7], ZEROS, beta)).toThrow("can't be observed");
    const session = Session.open(graph);
    const values = Float32Array.from({ length: elementCount(bank.shape) }, (_, index) => index);
    const { offset } = parameters.entries.find(({ name }) => name === 'beta')!;
    expect(session.run([beta], new Map([[doubled, values]]))).toEqual([values.slice(offset, offset + 64)]);
    session.close();
  });

  it('name a statistic that no step observes', () => {
    const { parameters } = network();
    expect(() => parameters.updateStatistics(0.9)).toThrow('The statistic mean is never observed');
  });
});
