import type { Attributes } from '../attributes.ts';
import { type Shape, sameShape } from '../data-types.ts';
import type { GraphNode, Tensor } from '../graph.ts';
import { sum } from '../operations/arithmetic.ts';
import { reshape } from '../operations/array.ts';

export interface GradientRequest {
  readonly node: GraphNode;
  /** What arrived at each output; undefined where nothing depends on it. At least one is there. */
  readonly gradients: readonly (Tensor | undefined)[];
  /** Which inputs' gradients are asked for. */
  readonly needed: readonly boolean[];
}

/** The gradients of a node's inputs, in their order; undefined where there is none or none is asked for. */
export type GradientRule = (request: GradientRequest) => readonly (Tensor | undefined)[];

/** A rule for a node of one output. */
export function simpleRule(
  rule: (
    gradient: Tensor,
    inputs: readonly Tensor[],
    output: Tensor,
    request: GradientRequest,
  ) => readonly (Tensor | undefined)[],
): GradientRule {
  return (request) => rule(request.gradients[0]!, request.node.inputs, request.node.outputs[0]!, request);
}

/** Sums a gradient over the axes along which its tensor was repeated. */
export function reduceTo(gradient: Tensor, shape: Shape): Tensor {
  if (sameShape(gradient.shape, shape)) return gradient;
  const extra = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((size, axis) =>
    axis < extra || (shape[axis - extra] === 1 && size !== 1) ? [axis] : [],
  );
  return reshape(sum(gradient, { axes }), shape);
}

/** A gradient kernel of TensorFlow's with one output. */
export function kernel(op: string, inputs: readonly Tensor[], attributes: Attributes, like: Tensor): Tensor {
  return like.graph.add(op, inputs, attributes, [like]).outputs[0]!;
}

export function shapeTensor(tensor: Tensor): Tensor {
  const { graph, shape } = tensor;
  if (shape.includes(-1)) throw new TypeError(`${tensor.name} has an unknown batch, so no gradient can be taken.`);
  return graph.constant(shape, 'int32', [shape.length]);
}

/** The int32 contents of a constant. */
export function constantInts(tensor: Tensor): readonly number[] {
  const value = tensor.node.attributes.value;
  if (value?.kind !== 'tensor' || value.dtype !== 'int32' || !(value.content instanceof Uint8Array)) {
    throw new TypeError(`${tensor.name} is no int32 constant.`);
  }
  const { buffer, byteOffset, byteLength } = value.content;
  return [...new Int32Array(buffer.slice(byteOffset, byteOffset + byteLength))];
}
