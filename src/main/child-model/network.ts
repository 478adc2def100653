import { type NetworkPlan, type PlanVariable, variablesOf } from '../../shared/search-space/plan.ts';
import type { Tensor } from '../tensor/graph.ts';
import { NetworkBody, type NetworkOptions, neededSteps } from './body.ts';
import { auxiliaryHead, classificationHead } from './heads.ts';

export interface Network {
  /** float32 [batch, classes]. */
  readonly logits: Tensor;
  /** float32 [batch, classes], in training mode only. */
  readonly auxiliaryLogits: Tensor | null;
  /** Each step's result by its index; undefined where the mode leaves a step out. */
  readonly results: readonly (Tensor | undefined)[];
}

/**
 * Adds the network of a plan, body and heads, to the images' graph. Called once for training and once for evaluation
 * with sources of the same parameters, it gives two networks that share them.
 */
export function buildNetwork(plan: NetworkPlan, options: NetworkOptions): Network {
  const auxiliary = options.mode.kind === 'training' ? plan.auxiliaryLogits : null;
  const body = new NetworkBody(plan, options, [plan.predictions, ...(auxiliary === null ? [] : [auxiliary])]);
  // Before the rest of the body, as in the plan.
  const auxiliaryLogits = auxiliary === null ? null : auxiliaryHead(body);
  const logits = classificationHead(body);
  return { logits, auxiliaryLogits, results: body.results };
}

/** What a network reads when it answers: each variable of the plan once, without those of the auxiliary classifier. */
export function inferenceVariables(plan: NetworkPlan): readonly PlanVariable[] {
  const needed = neededSteps(plan, [plan.predictions]);
  const variables = plan.steps.flatMap((step, index) => (needed.has(index) ? variablesOf(step) : []));
  return [...new Map(variables.map((variable) => [variable.name, variable])).values()];
}
