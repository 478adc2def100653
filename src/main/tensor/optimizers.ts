import type { Optimizer } from '../../shared/records/recipe.ts';
import type { Graph, GraphNode, Tensor, Variable } from './graph.ts';
import { add, divide, multiply, select, sqrt, square, subtract } from './operations/arithmetic.ts';
import { fill } from './operations/array.ts';
import { applyMomentum, applyRmsProp } from './operations/state.ts';

/** One weight vector with what its optimiser remembers. */
export interface OptimizedVariable {
  /** What a checkpoint must hold beside the variable. */
  readonly slots: readonly Variable[];
  readonly updated: readonly GraphNode[];
}

export interface UpdateOptions {
  /** float32, as the variable. */
  readonly gradient: Tensor;
  /** Scalar float32. */
  readonly learningRate: Tensor;
  /** bool scalar: where it is false nothing changes. Left out, the update is one kernel. */
  readonly onlyIf?: Tensor | undefined;
}

/**
 * Updates a variable by TensorFlow 1's optimisers, which the released code used: momentum (Sutskever's, with Nesterov
 * as in `MomentumOptimizer`), or RMSProp whose epsilon stands inside the root and whose mean square starts at 1.
 */
export function optimize(variable: Variable, optimizer: Optimizer, options: UpdateOptions): OptimizedVariable {
  return optimizer.kind === 'momentum'
    ? momentumUpdate(variable, optimizer, options)
    : rmsPropUpdate(variable, optimizer, options);
}

function slot(variable: Variable, name: string, start: number): Variable {
  const { graph } = variable;
  const initialValue = graph.independent(() => fill(graph.constant(start, variable.dtype), variable.shape));
  return graph.variable(`${variable.name}/${name}`, variable.shape, { initialValue });
}

function scalar(graph: Graph, value: number): Tensor {
  return graph.constant(value, 'float32');
}

function momentumUpdate(
  variable: Variable,
  { momentum, nesterov }: Extract<Optimizer, { kind: 'momentum' }>,
  { gradient, learningRate, onlyIf }: UpdateOptions,
): OptimizedVariable {
  const { graph } = variable;
  const accumulator = slot(variable, 'momentum', 0);
  const factor = scalar(graph, momentum);
  if (!onlyIf) {
    const update = { rate: learningRate, gradient, momentum: factor, nesterov };
    return { slots: [accumulator], updated: [applyMomentum(variable, accumulator, update)] };
  }
  const next = add(multiply(accumulator.value, factor), gradient);
  const direction = nesterov ? add(gradient, multiply(next, factor)) : next;
  const moved = subtract(variable.value, multiply(direction, learningRate));
  return {
    slots: [accumulator],
    updated: assignIf(onlyIf, [
      [variable, moved],
      [accumulator, next],
    ]),
  };
}

function rmsPropUpdate(
  variable: Variable,
  { decay, momentum, epsilon }: Extract<Optimizer, { kind: 'rmsprop' }>,
  { gradient, learningRate, onlyIf }: UpdateOptions,
): OptimizedVariable {
  const { graph } = variable;
  const meanSquare = slot(variable, 'mean_square', 1);
  const moment = slot(variable, 'moment', 0);
  const slots = [meanSquare, moment];
  const [decayed, factor, inside] = [decay, momentum, epsilon].map((value) => scalar(graph, value)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  if (!onlyIf) {
    const inputs = { rate: learningRate, decay: decayed, momentum: factor, epsilon: inside, gradient };
    return { slots, updated: [applyRmsProp(variable, { meanSquare, moment }, inputs)] };
  }
  const newSquare = subtract(square(gradient), meanSquare.value);
  const nextSquare = add(meanSquare.value, multiply(newSquare, scalar(graph, 1 - decay)));
  const step = divide(multiply(gradient, learningRate), sqrt(add(nextSquare, inside)));
  const nextMoment = add(multiply(moment.value, factor), step);
  const moved = subtract(variable.value, nextMoment);
  return {
    slots,
    updated: assignIf(onlyIf, [
      [variable, moved],
      [meanSquare, nextSquare],
      [moment, nextMoment],
    ]),
  };
}

/** Assigns all, or gives all the value they have: without control flow, which would cost more. */
export function assignIf(condition: Tensor, changes: readonly (readonly [Variable, Tensor])[]): GraphNode[] {
  return changes.map(([variable, value]) => variable.graph.assign(variable, select(condition, value, variable.value)));
}
