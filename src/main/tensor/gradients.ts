import type { Tensor } from './graph.ts';

/**
 * The gradients of a scalar with respect to tensors, by reverse-mode differentiation: new nodes of the same graph.
 * Finishes the graph. Throws when an operation on the way has no rule, naming it, or when a tensor has no influence.
 * Parameters of a network are reached through their bank: `parameters.bank('kernels').value`.
 */
export function gradients(_loss: Tensor, _withRespectTo: readonly Tensor[]): Tensor[] {
  throw new Error('not written yet');
}
