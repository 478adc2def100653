import { isSet, typeAttribute } from '../attributes.ts';
import { elementCount } from '../data-types.ts';
import type { Tensor } from '../graph.ts';
import * as math from '../operations/arithmetic.ts';
import { broadcastTo, fill, reshape, zeros } from '../operations/array.ts';
import { constantInts, type GradientRule, kernel, reduceTo, simpleRule } from './rule.ts';

const sameType = (x: Tensor) => ({ T: typeAttribute(x.dtype) });

/** Spreads the gradient of a reduction over what was reduced; `weight` multiplies it before it grows. */
function spread(gradient: Tensor, x: Tensor, axes: Tensor, weight: number): Tensor {
  const reduced = new Set(constantInts(axes));
  const scaled = weight === 1 ? gradient : math.multiply(gradient, gradient.graph.constant(weight, gradient.dtype));
  if (reduced.size === x.shape.length) return fill(reshape(scaled, []), x.shape);
  const kept = x.shape.map((size, axis) => (reduced.has(axis) ? 1 : size));
  return broadcastTo(reshape(scaled, kept), x.shape);
}

function matMulRule(
  gradient: Tensor,
  [a, b]: readonly Tensor[],
  transposed: readonly [boolean, boolean],
  needed: readonly boolean[],
) {
  const [transposeA, transposeB] = transposed;
  const forA = () =>
    transposeA
      ? math.matMul(b!, gradient, { transposeA: transposeB, transposeB: true })
      : math.matMul(gradient, b!, { transposeB: !transposeB });
  const forB = () =>
    transposeB
      ? math.matMul(gradient, a!, { transposeA: true, transposeB: transposeA })
      : math.matMul(a!, gradient, { transposeA: !transposeA });
  return [needed[0] ? forA() : undefined, needed[1] ? forB() : undefined];
}

/** Which of the two an element came from; at a tie the first, as TensorFlow's. */
function extremum(first: (a: Tensor, b: Tensor) => Tensor): GradientRule {
  return simpleRule((gradient, [a, b]) => {
    const nothing = zeros(gradient.graph, gradient.dtype, gradient.shape);
    const fromA = first(a!, b!);
    return [
      reduceTo(math.select(fromA, gradient, nothing), a!.shape),
      reduceTo(math.select(fromA, nothing, gradient), b!.shape),
    ];
  });
}

export const ARITHMETIC_RULES: Readonly<Record<string, GradientRule>> = {
  AddV2: simpleRule((gradient, [a, b]) => [reduceTo(gradient, a!.shape), reduceTo(gradient, b!.shape)]),
  Sub: simpleRule((gradient, [a, b], _output, { needed }) => [
    reduceTo(gradient, a!.shape),
    needed[1] ? math.negate(reduceTo(gradient, b!.shape)) : undefined,
  ]),
  Mul: simpleRule((gradient, [a, b], _output, { needed }) => [
    needed[0] ? reduceTo(math.multiply(gradient, b!), a!.shape) : undefined,
    needed[1] ? reduceTo(math.multiply(gradient, a!), b!.shape) : undefined,
  ]),
  RealDiv: simpleRule((gradient, [a, b], output, { needed }) => {
    const quotient = math.divide(gradient, b!);
    return [
      reduceTo(quotient, a!.shape),
      needed[1] ? math.negate(reduceTo(math.multiply(quotient, output), b!.shape)) : undefined,
    ];
  }),
  Maximum: extremum((a, b) => math.greaterEqual(a, b)),
  Neg: simpleRule((gradient) => [math.negate(gradient)]),
  Square: simpleRule((gradient, [x]) => [math.multiply(gradient, math.multiply(x!, x!.graph.constant(2, x!.dtype)))]),
  Sqrt: simpleRule((gradient, _inputs, y) => [kernel('SqrtGrad', [y, gradient], sameType(y), y)]),
  Rsqrt: simpleRule((gradient, _inputs, y) => [kernel('RsqrtGrad', [y, gradient], sameType(y), y)]),
  Exp: simpleRule((gradient, _inputs, y) => [math.multiply(gradient, y)]),
  Log: simpleRule((gradient, [x]) => [math.divide(gradient, x!)]),
  // Reading the output, not the input, lets TensorFlow free the input early.
  Relu: simpleRule((gradient, _inputs, y) => [kernel('ReluGrad', [gradient, y], sameType(y), y)]),
  SelectV2: simpleRule((gradient, [condition, a, b]) => {
    const nothing = zeros(gradient.graph, gradient.dtype, gradient.shape);
    return [
      undefined,
      reduceTo(math.select(condition!, gradient, nothing), a!.shape),
      reduceTo(math.select(condition!, nothing, gradient), b!.shape),
    ];
  }),
  AddN: simpleRule((gradient, inputs) => inputs.map(() => gradient)),
  Sum: simpleRule((gradient, [x, axes]) => [spread(gradient, x!, axes!, 1)]),
  Mean: simpleRule((gradient, [x, axes], output) => [
    spread(gradient, x!, axes!, elementCount(output.shape) / elementCount(x!.shape)),
  ]),
  L2Loss: simpleRule((gradient, [x]) => [math.multiply(gradient, x!)]),
  Cast: simpleRule((gradient, [x]) => [math.cast(gradient, x!.dtype)]),
  Identity: simpleRule((gradient) => [gradient]),
  MatMul: simpleRule((gradient, inputs, _output, { node, needed }) => {
    const transposed = ['transpose_a', 'transpose_b'].map((name) => isSet(node.attributes, name));
    return matMulRule(gradient, inputs, transposed as [boolean, boolean], needed);
  }),
};
