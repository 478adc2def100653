import { type Attributes, boolAttribute, intAttribute, typeAttribute } from '../attributes.ts';
import type { DataType, Shape } from '../data-types.ts';
import { sameShape } from '../data-types.ts';
import { type After, type Tensor, typeText } from '../graph.ts';
import { broadcastShape, expectFloating, expectSameType, normaliseAxes } from './shapes.ts';

function unary(op: string, x: Tensor, attributes: Attributes = { T: typeAttribute(x.dtype) }): Tensor {
  return x.graph.add(op, [x], attributes, [x]).outputs[0]!;
}

function floating(op: string, x: Tensor): Tensor {
  expectFloating(op, x);
  return unary(op, x);
}

function binary(op: string, a: Tensor, b: Tensor, result?: DataType): Tensor {
  const dtype = expectSameType(op, a, b);
  const output = { dtype: result ?? dtype, shape: broadcastShape(a, b) };
  return a.graph.add(op, [a, b], { T: typeAttribute(dtype) }, [output]).outputs[0]!;
}

/** Element-wise operations on two tensors of one type broadcast by NumPy's rule. */
export const add = (a: Tensor, b: Tensor): Tensor => binary('AddV2', a, b);
export const subtract = (a: Tensor, b: Tensor): Tensor => binary('Sub', a, b);
export const multiply = (a: Tensor, b: Tensor): Tensor => binary('Mul', a, b);
export const divide = (a: Tensor, b: Tensor): Tensor => binary('RealDiv', a, b);
export const maximum = (a: Tensor, b: Tensor): Tensor => binary('Maximum', a, b);

export const negate = (x: Tensor): Tensor => unary('Neg', x);
export const square = (x: Tensor): Tensor => unary('Square', x);
export const sqrt = (x: Tensor): Tensor => floating('Sqrt', x);
/** 1 / sqrt(x). */
export const rsqrt = (x: Tensor): Tensor => floating('Rsqrt', x);
export const exp = (x: Tensor): Tensor => floating('Exp', x);
export const log = (x: Tensor): Tensor => floating('Log', x);
export const floor = (x: Tensor): Tensor => floating('Floor', x);
export const relu = (x: Tensor): Tensor => unary('Relu', x);

function compare(op: string, a: Tensor, b: Tensor): Tensor {
  return binary(op, a, b, 'bool');
}
export const greaterEqual = (a: Tensor, b: Tensor): Tensor => compare('GreaterEqual', a, b);
export const less = (a: Tensor, b: Tensor): Tensor => compare('Less', a, b);
export const equal = (a: Tensor, b: Tensor): Tensor => compare('Equal', a, b);

function logical(op: string, inputs: readonly Tensor[], shape: Shape): Tensor {
  for (const input of inputs) {
    if (input.dtype !== 'bool') throw new TypeError(`${op} needs bool, not ${typeText(input)} (${input.name}).`);
  }
  return inputs[0]!.graph.add(op, inputs, {}, [{ dtype: 'bool', shape }]).outputs[0]!;
}
export const logicalAnd = (a: Tensor, b: Tensor): Tensor => logical('LogicalAnd', [a, b], broadcastShape(a, b));
export const logicalNot = (x: Tensor): Tensor => logical('LogicalNot', [x], x.shape);

/** Whether each element is neither infinite nor a NaN. */
export function isFiniteNumber(x: Tensor): Tensor {
  expectFloating('isFiniteNumber', x);
  return x.graph.add('IsFinite', [x], { T: typeAttribute(x.dtype) }, [{ dtype: 'bool', shape: x.shape }]).outputs[0]!;
}

/** `a` where the condition holds, `b` elsewhere; the three broadcast. */
export function select(condition: Tensor, a: Tensor, b: Tensor): Tensor {
  if (condition.dtype !== 'bool') throw new TypeError(`select needs a bool condition, not ${typeText(condition)}.`);
  const dtype = expectSameType('select', a, b);
  const values = broadcastShape(a, b);
  const shape = broadcastShape(condition, { ...a, shape: values });
  return a.graph.add('SelectV2', [condition, a, b], { T: typeAttribute(dtype) }, [{ dtype, shape }]).outputs[0]!;
}

/** The sum of tensors of one shape and type. */
export function addN(tensors: readonly Tensor[]): Tensor {
  const dtype = expectSameType('addN', ...tensors);
  const first = tensors[0]!;
  for (const tensor of tensors) {
    if (!sameShape(tensor.shape, first.shape)) {
      throw new TypeError(`addN needs one shape, not ${typeText(first)} and ${typeText(tensor)} (${tensor.name}).`);
    }
  }
  if (tensors.length === 1) return first;
  const attributes = { N: intAttribute(tensors.length), T: typeAttribute(dtype) };
  return first.graph.add('AddN', tensors, attributes, [first]).outputs[0]!;
}

export interface ReduceOptions {
  /** Which axes are reduced; all of them when left out. */
  readonly axes?: readonly number[];
  readonly keepDimensions?: boolean;
}

function reduce(op: string, x: Tensor, options: ReduceOptions, attributes: Attributes): Tensor {
  const { keepDimensions = false } = options;
  const axes = normaliseAxes(x, options.axes ?? x.shape.map((_, axis) => axis));
  if (axes.length === 0) return x;
  const reduced = new Set(axes);
  const shape = keepDimensions
    ? x.shape.map((size, axis) => (reduced.has(axis) ? 1 : size))
    : x.shape.filter((_, axis) => !reduced.has(axis));
  const indices = x.graph.constant(axes, 'int32', [axes.length]);
  const all = { ...attributes, Tidx: typeAttribute('int32'), keep_dims: boolAttribute(keepDimensions) };
  return x.graph.add(op, [x, indices], all, [{ dtype: x.dtype, shape }]).outputs[0]!;
}
export const sum = (x: Tensor, options: ReduceOptions = {}): Tensor =>
  reduce('Sum', x, options, { T: typeAttribute(x.dtype) });
export const mean = (x: Tensor, options: ReduceOptions = {}): Tensor =>
  reduce('Mean', x, options, { T: typeAttribute(x.dtype) });

/** Half the sum of squares, a scalar. */
export function l2Loss(x: Tensor): Tensor {
  expectFloating('l2Loss', x);
  return x.graph.add('L2Loss', [x], { T: typeAttribute(x.dtype) }, [{ dtype: x.dtype, shape: [] }]).outputs[0]!;
}

/** The same elements in another type, rounded where it holds less. The tensor itself when it has the type. */
export function cast(x: Tensor, dtype: DataType): Tensor {
  if (x.dtype === dtype) return x;
  const attributes = { SrcT: typeAttribute(x.dtype), DstT: typeAttribute(dtype) };
  return x.graph.add('Cast', [x], attributes, [{ dtype, shape: x.shape }]).outputs[0]!;
}

/** The same value, available once the given nodes have run. Never shared: it exists to be fetched. */
export function identity(
  x: Tensor,
  options: { readonly after?: readonly After[]; readonly name?: string } = {},
): Tensor {
  const attributes = { T: typeAttribute(x.dtype) };
  return x.graph.add('Identity', [x], attributes, [x], { ...options, stateful: true }).outputs[0]!;
}

/** A bool scalar that is true once all the given nodes have run: what a run fetches for its effects. */
export function done(after: readonly [After, ...After[]], name = 'done'): Tensor {
  const first = after[0];
  const graph = first.graph;
  return identity(graph.constant(true, 'bool'), { after, name });
}

/** The same value, through which no gradient flows. */
export function stopGradient(x: Tensor): Tensor {
  return unary('StopGradient', x);
}

/** Matrix product of [m, k] and [k, n]; either may be given transposed. */
export function matMul(
  a: Tensor,
  b: Tensor,
  options: { readonly transposeA?: boolean; readonly transposeB?: boolean } = {},
): Tensor {
  const { transposeA = false, transposeB = false } = options;
  const dtype = expectSameType('matMul', a, b);
  const [rows, inner] = transposeA ? [a.shape[1], a.shape[0]] : a.shape;
  const [innerB, columns] = transposeB ? [b.shape[1], b.shape[0]] : b.shape;
  if (a.shape.length !== 2 || b.shape.length !== 2 || (inner !== innerB && inner !== -1 && innerB !== -1)) {
    throw new TypeError(`matMul can't multiply ${typeText(a)} (${a.name}) by ${typeText(b)} (${b.name}).`);
  }
  const attributes = {
    T: typeAttribute(dtype),
    transpose_a: boolAttribute(transposeA),
    transpose_b: boolAttribute(transposeB),
  };
  return a.graph.add('MatMul', [a, b], attributes, [{ dtype, shape: [rows!, columns!] }]).outputs[0]!;
}
