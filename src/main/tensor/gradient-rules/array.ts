import { typeAttribute } from '../attributes.ts';
import type { Tensor } from '../graph.ts';
import * as array from '../operations/array.ts';
import { constantInts, type GradientRequest, type GradientRule, kernel, reduceTo, simpleRule } from './rule.ts';

/** Pieces' gradients joined again; zeros where nothing depends on a piece. */
function joined({ node, gradients }: GradientRequest, axis: number): Tensor {
  const pieces = node.outputs.map(
    (output, index) => gradients[index] ?? array.zeros(node.graph, output.dtype, output.shape),
  );
  return array.concat(pieces, axis);
}

export const ARRAY_RULES: Readonly<Record<string, GradientRule>> = {
  Reshape: simpleRule((gradient, [x]) => [array.reshape(gradient, x!.shape)]),
  Transpose: simpleRule((gradient, [, permutation]) => {
    const forward = constantInts(permutation!);
    return [
      array.transpose(
        gradient,
        forward.map((_, axis) => forward.indexOf(axis)),
      ),
    ];
  }),
  ConcatV2: simpleRule((gradient, inputs) => {
    const axis = constantInts(inputs.at(-1)!)[0]!;
    const sizes = inputs.slice(0, -1).map(({ shape }) => shape[axis]!);
    return array.split(gradient, sizes, axis);
  }),
  Split: (request) => [undefined, joined(request, constantInts(request.node.inputs[0]!)[0]!)],
  SplitV: (request) => [joined(request, constantInts(request.node.inputs[2]!)[0]!)],
  Slice: simpleRule((gradient, [x, begin]) => {
    const starts = constantInts(begin!);
    return [
      array.pad(
        gradient,
        starts.map((start, axis) => [start, x!.shape[axis]! - start - gradient.shape[axis]!]),
      ),
    ];
  }),
  Pad: simpleRule((gradient, [x, paddings]) => {
    const before = constantInts(paddings!).filter((_, index) => index % 2 === 0);
    return [array.slice(gradient, before, x!.shape)];
  }),
  StridedSlice: simpleRule((gradient, [x, begin, end, strides]) => [
    array.scatterStrided(gradient, x!.shape, constantInts(begin!), constantInts(end!), constantInts(strides!)),
  ]),
  StridedSliceGrad: simpleRule((gradient, [, begin, end, strides]) => [
    ...[undefined, undefined, undefined, undefined],
    array.stridedSlice(gradient, constantInts(begin!), constantInts(end!), constantInts(strides!)),
  ]),
  BroadcastTo: simpleRule((gradient, [x]) => [reduceTo(gradient, x!.shape)]),
  Fill: simpleRule((gradient, [, value]) => [undefined, reduceTo(gradient, value!.shape)]),
  GatherV2: simpleRule((gradient, [x, indices, axis]) => {
    if (constantInts(axis!)[0] !== 0) throw new Error('The operation GatherV2 has a gradient rule for axis 0 only.');
    const { graph } = gradient;
    const rows = array.reshape(gradient, [-1, ...x!.shape.slice(1)]);
    const attributes = {
      T: typeAttribute(gradient.dtype),
      Tindices: typeAttribute(indices!.dtype),
      Tnumsegments: typeAttribute('int32'),
    };
    const inputs = [rows, array.reshape(indices!, [-1]), graph.constant(x!.shape[0]!, 'int32')];
    return [kernel('UnsortedSegmentSum', inputs, attributes, x!)];
  }),
};
