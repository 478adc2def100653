import './environment.ts';
import { describe, expect, it } from 'vitest';
import { Graph } from '../../../src/main/tensor/graph.ts';
import { toSavedModel } from '../../../src/main/tensor/graph-def.ts';
import * as math from '../../../src/main/tensor/operations/arithmetic.ts';
import * as array from '../../../src/main/tensor/operations/array.ts';
import * as neural from '../../../src/main/tensor/operations/neural.ts';
import { randomUniform } from '../../../src/main/tensor/operations/random.ts';
import { Session, SessionError } from '../../../src/main/tensor/session.ts';

describe('a graph', () => {
  it('makes equal nodes once, and nodes with a state each time', () => {
    const graph = new Graph();
    const x = graph.placeholder('x', 'float32', [2, 3]);
    expect(math.relu(x)).toBe(math.relu(x));
    expect(graph.constant([1, 2], 'int32', [2])).toBe(graph.constant([1, 2], 'int32', [2]));
    expect(graph.constant([1, 2], 'int32', [2])).not.toBe(graph.constant([1, 2], 'int32', [1, 2]));
    expect(graph.constant(0, 'float32')).not.toBe(graph.constant(-0, 'float32'));
    expect(math.identity(x)).not.toBe(math.identity(x));
    expect(graph.device('/device:CPU:0', () => math.relu(x))).not.toBe(math.relu(x));
    expect(graph.after([math.square(x)], () => math.relu(x))).not.toBe(math.relu(x));
  });

  it('names nodes by their scope, each name once and without commas', () => {
    const graph = new Graph();
    const names = graph.scope('cell_0', () => [
      graph.placeholder('a,b', 'float32', []).name,
      graph.placeholder('a,b', 'float32', []).name,
      graph.placeholder('a_b_1', 'float32', []).name,
    ]);
    expect(names).toEqual(['cell_0/a_b:0', 'cell_0/a_b_1:0', 'cell_0/a_b_1_1:0']);
  });

  it('joins reshapes of reshapes, and leaves out those that change nothing', () => {
    const graph = new Graph();
    const x = graph.placeholder('x', 'float32', [2, 6]);
    const twice = array.reshape(array.reshape(x, [3, 4]), [12]);
    expect(twice.node.inputs[0]).toBe(x);
    expect(array.reshape(twice, [2, 6])).toBe(x);
    expect(array.reshape(x, [-1, 6])).toBe(x);
  });

  it('keeps an unknown batch through a network', () => {
    const graph = new Graph();
    const x = graph.placeholder('x', 'float32', [-1, 7, 5, 3]);
    const y = neural.conv2d(x, graph.constant(1, 'float32', [3, 3, 3, 4]), { strides: [2, 2], padding: 'SAME' });
    expect(y.shape).toEqual([-1, 4, 3, 4]);
    const pointwise = neural.pointwiseConv2d(y, graph.constant(1, 'float32', [1, 1, 4, 6]));
    expect(pointwise.shape).toEqual([-1, 4, 3, 6]);
    expect(array.everySecondPixel(pointwise, 1).shape).toEqual([-1, 2, 2, 6]);
    expect(math.mean(pointwise, { axes: [1, 2] }).shape).toEqual([-1, 6]);
  });

  it('refuses shapes and types that do not fit, naming both', () => {
    const graph = new Graph();
    const x = graph.placeholder('x', 'float32', [2, 8, 8, 3]);
    const other = graph.placeholder('n', 'int32', [2]);
    const filter = graph.constant(1, 'float32', [3, 3, 4, 4]);
    const sentences: [() => unknown, string][] = [
      [() => neural.conv2d(x, filter, { padding: 'SAME' }), 'does not fit the channels of float32 [2, 8, 8, 3] (x:0)'],
      [() => neural.maxPool(x, { size: [9, 9], padding: 'VALID' }), '9x9 window does not fit'],
      [() => math.add(x, other), 'needs tensors of one type, not float32 [2, 8, 8, 3] (x:0) and int32 [2] (n:0)'],
      [() => math.add(x, graph.constant(1, 'float32', [5])), "don't broadcast to one shape"],
      [() => array.reshape(x, [7, -1]), "can't be reshaped to [7, -1]"],
      [() => array.concat([x, graph.constant(1, 'float32', [2, 8, 7, 3])], 3), "can't be joined on axis 3"],
      [() => array.split(x, [1, 1], 3), "can't be cut into [1, 1] on axis 3"],
      [() => array.slice(x, [0, 0, 0, 1], [2, 8, 8, 3]), 'has no slice'],
      [() => math.mean(x, { axes: [4] }), 'has no axis 4'],
      [() => math.sqrt(other), 'needs floating-point numbers'],
      [() => neural.biasAdd(x, graph.constant(1, 'float32', [4])), 'does not fit'],
      [() => randomUniform(graph.constant(1, 'int32'), [3]), 'needs a seed int32 [2], not int32 []'],
      [() => graph.constant([1, 2, 3], 'float32', [2]), 'has 2 elements and was given 3'],
      [() => graph.assign(graph.variable('v', [3]), x), "holds float32 [3] and can't be assigned float32 [2, 8, 8, 3]"],
      [() => math.add(x, new Graph().constant(1, 'float32')), 'another graph'],
    ];
    for (const [build, sentence] of sentences) expect(build).toThrow(sentence);
  });

  it('holds constants of every type exactly', () => {
    const graph = new Graph();
    const floats = [0, -0, 1, -2, 0.5, 1024].flatMap((value) =>
      (['float64', 'bfloat16', 'float16'] as const).map((dtype) => math.cast(graph.constant(value, dtype), 'float32')),
    );
    const long = graph.constant([2 ** 40, -1], 'int64', [2]);
    const session = Session.open(graph);
    const values = session.run([...floats, long]);
    session.close();
    expect(values.slice(0, -1).map((data) => data[0])).toEqual(
      [0, -0, 1, -2, 0.5, 1024].flatMap((value) => [value, value, value]),
    );
    expect(values.at(-1)).toEqual(BigInt64Array.of(1_099_511_627_776n, -1n));
  });

  it('lowers 8,000 nodes in under 0.1 s', () => {
    const graph = new Graph();
    let y = graph.placeholder('x', 'float32', [2, 8, 8, 4]);
    const filter = graph.constant(0.5, 'float32', [3, 3, 4, 4]);
    while (graph.nodes.length < 8000) y = neural.conv2d(math.relu(y), filter, { padding: 'SAME' });
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      expect(toSavedModel(graph).length).toBeGreaterThan(500_000);
      return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(100);
  });
});

describe('a session', () => {
  it('feeds and fetches every type that crosses it', () => {
    const graph = new Graph();
    const x = graph.placeholder('x', 'float32', [-1, 2]);
    const n = graph.placeholder('n', 'int32', []);
    const flags = graph.placeholder('flags', 'bool', [2]);
    const bytes = graph.placeholder('bytes', 'uint8', [3]);
    const long = graph.placeholder('long', 'int64', [1]);
    const text = graph.placeholder('text', 'string', []);
    const fetched = [x, n, flags, math.cast(bytes, 'int32'), long, text].map((tensor) => math.identity(tensor));
    const session = Session.open(graph);
    const outputs = session.run(
      fetched,
      new Map<typeof x, Float32Array | Uint8Array | BigInt64Array | number | string>([
        [x, Float32Array.of(1, 2, 3, 4)],
        [n, 7],
        [flags, Uint8Array.of(1, 0)],
        [bytes, Uint8Array.of(250, 0, 3)],
        [long, BigInt64Array.of(-(2n ** 40n))],
        [text, 'käse'],
      ]),
    );
    session.close();
    expect(outputs).toEqual([
      Float32Array.of(1, 2, 3, 4),
      Int32Array.of(7),
      Uint8Array.of(1, 0),
      Int32Array.of(250, 0, 3),
      BigInt64Array.of(-(2n ** 40n)),
      [new TextEncoder().encode('käse')],
    ]);
  });

  it('says what TensorFlow says when a kernel fails, and goes on', () => {
    const graph = new Graph();
    const x = graph.placeholder('x', 'float32', [2, 2]);
    const row = graph.placeholder('row', 'int32', [1]);
    const picked = array.gather(x, row);
    const session = Session.open(graph);
    const feeds = (index: number) =>
      new Map<typeof x, Float32Array | Int32Array>([
        [x, Float32Array.of(1, 2, 3, 4)],
        [row, Int32Array.of(index)],
      ]);
    expect(() => session.run([picked], feeds(5))).toThrow(SessionError);
    expect(() => session.run([picked], feeds(5))).toThrow('is not in [0, 2)');
    expect(session.run([picked], feeds(1))).toEqual([Float32Array.of(3, 4)]);
    session.close();
  });

  it('refuses what it can’t run, naming it', () => {
    const graph = new Graph();
    const x = graph.placeholder('x', 'float32', [2]);
    const bytes = graph.placeholder('bytes', 'uint8', [3]);
    const session = Session.open(graph);
    expect(() => session.run([x], new Map([[x, Float32Array.of(1, 2, 3)]]))).toThrow(
      'is float32 [2] and was fed 3 elements',
    );
    expect(() => session.run([bytes])).toThrow("bytes:0 is uint8 [3], which can't be fetched");
    expect(() => session.run([])).toThrow('at least one fetch');
    expect(() => session.run([math.relu(x)])).toThrow('is not part of this session');
    session.close();
    session.close();
    expect(() => session.run([x], new Map([[x, Float32Array.of(1, 2)]]))).toThrow('closed');
  });

  it('shares nothing with another session of the same graph', () => {
    const graph = new Graph();
    const variable = graph.variable('v', [], { initialValue: graph.constant(3, 'float32') });
    const initialised = math.done([graph.initialisers[0]!]);
    const [first, second] = [Session.open(graph), Session.open(graph)];
    first.run([initialised]);
    expect(first.run([variable.value])).toEqual([Float32Array.of(3)]);
    expect(() => second.run([variable.value])).toThrow(/uninitialized|not found|does not exist/i);
    first.close();
    second.close();
  });
});
