import { elementCount } from './data-types.ts';
import { ARITHMETIC_RULES } from './gradient-rules/arithmetic.ts';
import { ARRAY_RULES } from './gradient-rules/array.ts';
import { NEURAL_RULES } from './gradient-rules/neural.ts';
import { FLAT, REFUSED } from './gradient-rules/no-rule.ts';
import type { GradientRule } from './gradient-rules/rule.ts';
import type { GraphNode, Tensor } from './graph.ts';
import { addN } from './operations/arithmetic.ts';

/** By the operation; those without one are in gradient-rules/no-rule.ts. */
export const RULES: Readonly<Record<string, GradientRule>> = { ...ARITHMETIC_RULES, ...ARRAY_RULES, ...NEURAL_RULES };

export interface GradientOptions {
  /** What the loss's own gradient is, 1 when left out: the loss scale of mixed precision. Scalar of the loss's type. */
  readonly scale?: Tensor;
}

/**
 * The gradients of a scalar with respect to tensors, by reverse-mode differentiation: new nodes of the same graph.
 * Finishes the graph. Throws when an operation on the way has no rule, naming it, or when a tensor has no influence.
 * Parameters of a network are reached through their bank: `parameters.bank('kernels').value`.
 */
export function gradients(loss: Tensor, withRespectTo: readonly Tensor[], options: GradientOptions = {}): Tensor[] {
  if (elementCount(loss.shape) !== 1) throw new TypeError(`A gradient is taken of a scalar, not of ${loss.name}.`);
  const { graph } = loss;
  graph.finish();
  const order = nodesBetween(loss.node, new Set(withRespectTo.map(({ node }) => node)));
  const onPath = new Set(order);
  const pending = new Map<Tensor, Tensor[]>();
  pending.set(loss, [options.scale ?? graph.constant(1, loss.dtype, loss.shape)]);
  graph.scope('gradients', () => {
    for (const node of order.reverse()) propagate(node, onPath, pending);
  });
  return withRespectTo.map((tensor) => {
    const gradient = total(pending, tensor);
    if (!gradient) throw new Error(`${tensor.name} has no influence on ${loss.name}, so there is no gradient.`);
    return gradient;
  });
}

/** Sends what has gathered at a node's outputs on to its inputs. */
function propagate(node: GraphNode, onPath: ReadonlySet<GraphNode>, pending: Map<Tensor, Tensor[]>): void {
  const needed = node.inputs.map((input) => onPath.has(input.node) && FLAT[node.op] === undefined);
  if (!needed.includes(true)) return;
  const arrived = node.outputs.map((output) => total(pending, output));
  if (arrived.every((gradient) => gradient === undefined)) return;
  const rule = RULES[node.op];
  if (!rule) throw new Error(`The operation ${node.op} (${node.name}) has no gradient rule${reason(node)}.`);
  const sent = node.graph.device(node.device, () => rule({ node, gradients: arrived, needed }));
  for (const [index, input] of node.inputs.entries()) {
    const gradient = sent[index];
    if (!gradient || !needed[index]) continue;
    const list = pending.get(input);
    if (list) list.push(gradient);
    else pending.set(input, [gradient]);
  }
}

const reason = (node: GraphNode): string => (REFUSED[node.op] === undefined ? '' : `: ${REFUSED[node.op]}`);

/** The sum of a tensor's gradients, kept so that it is made once. */
function total(pending: Map<Tensor, Tensor[]>, tensor: Tensor): Tensor | undefined {
  const list = pending.get(tensor);
  if (!list) return undefined;
  const sum = addN(list);
  pending.set(tensor, [sum]);
  return sum;
}

/** Nodes on a way from the sources to the target, sources included, each after all it reads. */
function nodesBetween(target: GraphNode, sources: ReadonlySet<GraphNode>): GraphNode[] {
  const reaches = new Map<GraphNode, boolean>();
  const order: GraphNode[] = [];
  const stack: { node: GraphNode; next: number }[] = [{ node: target, next: 0 }];
  reaches.set(target, sources.has(target));
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const { node } = top;
    const input = node.inputs[top.next];
    if (input) {
      top.next++;
      if (!reaches.has(input.node)) {
        reaches.set(input.node, sources.has(input.node));
        stack.push({ node: input.node, next: 0 });
      }
      continue;
    }
    stack.pop();
    if (node.inputs.some((each) => reaches.get(each.node))) reaches.set(node, true);
    if (reaches.get(node)) order.push(node);
  }
  return order;
}
