import type { Graph, GraphNode, Tensor, Variable } from './graph.ts';
import { add, divide, greaterEqual, maximum, multiply, select } from './operations/arithmetic.ts';
import { concat, reshape, slice } from './operations/array.ts';

/** Powers of two, so that scaling and unscaling lose nothing. */
const START = 2 ** 15;
/** Steps in a row with finite gradients before the scale is doubled (TensorFlow's DynamicLossScale). */
const PATIENCE = 2000;
const FACTOR = 2;

/**
 * The factor that keeps float16 gradients from vanishing: doubled after a long time without overflow, halved (not below
 * 1) at each step whose gradients are not finite.
 */
export class LossScale {
  /** [scale, steps since the last change], float32. */
  readonly variable: Variable;
  readonly value: Tensor;
  readonly inverse: Tensor;

  constructor(graph: Graph) {
    this.variable = graph.variable('loss_scale', [2], { initialValue: graph.constant([START, 0], 'float32', [2]) });
    this.value = reshape(slice(this.variable.value, [0], [1]), []);
    this.inverse = divide(graph.constant(1, 'float32'), this.value);
  }

  /** `finite` is a bool scalar: whether this step's gradients were. */
  update(finite: Tensor): GraphNode {
    const { graph } = this.variable;
    const number = (value: number) => graph.constant(value, 'float32');
    const steps = add(reshape(slice(this.variable.value, [1], [1]), []), number(1));
    const grown = greaterEqual(steps, number(PATIENCE));
    const lowered = maximum(divide(this.value, number(FACTOR)), number(1));
    const raised = select(grown, multiply(this.value, number(FACTOR)), this.value);
    const scale = select(finite, raised, lowered);
    const count = select(finite, select(grown, number(0), steps), number(0));
    return graph.assign(this.variable, concat([reshape(scale, [1]), reshape(count, [1])], 0));
  }
}
