import { type Attributes, boolAttribute, typeAttribute } from '../attributes.ts';
import { sameShape } from '../data-types.ts';
import { type After, type GraphNode, type Tensor, typeText, type Variable } from '../graph.ts';

/** Updates of variables in place. The nodes have no output: a run reaches them through `done([...])`. */
function update(
  op: string,
  variables: readonly Variable[],
  inputs: readonly Tensor[],
  attributes: Attributes,
  after: readonly After[] = [],
): GraphNode {
  const [variable] = variables as [Variable];
  for (const input of inputs) {
    if (input.dtype !== variable.dtype || (input.shape.length > 0 && !sameShape(input.shape, variable.shape))) {
      throw new TypeError(
        `${op} of ${variable.name}, ${typeText(variable)}, can't take ${typeText(input)} (${input.name}).`,
      );
    }
  }
  const handles = variables.map(({ handle }) => handle);
  return variable.graph.add(op, [...handles, ...inputs], attributes, [], { stateful: true, after });
}

export function assignSubtract(variable: Variable, value: Tensor, after: readonly After[] = []): GraphNode {
  return update('AssignSubVariableOp', [variable], [value], { dtype: typeAttribute(variable.dtype) }, after);
}

/**
 * accumulator ← momentum · accumulator + gradient; variable ← variable − rate · accumulator, or with Nesterov
 * variable − rate · (gradient + momentum · accumulator).
 */
export function applyMomentum(
  variable: Variable,
  accumulator: Variable,
  { rate, gradient, momentum, nesterov }: { rate: Tensor; gradient: Tensor; momentum: Tensor; nesterov: boolean },
): GraphNode {
  const attributes = {
    T: typeAttribute(variable.dtype),
    use_locking: boolAttribute(false),
    use_nesterov: boolAttribute(nesterov),
  };
  const inputs = [variable.handle, accumulator.handle, rate, gradient, momentum];
  expectUpdate(variable, gradient);
  return variable.graph.add('ResourceApplyMomentum', inputs, attributes, [], { stateful: true });
}

/**
 * meanSquare ← decay · meanSquare + (1 − decay) · gradient²;
 * moment ← momentum · moment + rate · gradient / sqrt(meanSquare + epsilon); variable ← variable − moment.
 */
export function applyRmsProp(
  variable: Variable,
  slots: { meanSquare: Variable; moment: Variable },
  inputs: { rate: Tensor; decay: Tensor; momentum: Tensor; epsilon: Tensor; gradient: Tensor },
): GraphNode {
  const { rate, decay, momentum, epsilon, gradient } = inputs;
  expectUpdate(variable, gradient);
  const handles = [variable.handle, slots.meanSquare.handle, slots.moment.handle];
  const attributes = { T: typeAttribute(variable.dtype), use_locking: boolAttribute(false) };
  const all = [...handles, rate, decay, momentum, epsilon, gradient];
  return variable.graph.add('ResourceApplyRMSProp', all, attributes, [], { stateful: true });
}

function expectUpdate(variable: Variable, gradient: Tensor): void {
  if (gradient.dtype !== variable.dtype || !sameShape(gradient.shape, variable.shape)) {
    throw new TypeError(`${variable.name} holds ${typeText(variable)} and can't be updated by ${typeText(gradient)}.`);
  }
}
