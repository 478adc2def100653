/** Adam (Kingma and Ba 2015, algorithm 1). The paper does not name the controller's optimiser: the choice is ours. */
export interface AdamSettings {
  learningRate: number;
  adamBeta1: number;
  adamBeta2: number;
  adamEpsilon: number;
}

/** Everything that the next step depends on beside the weights. */
export interface AdamState {
  /** Moving average of the gradient, and of its square; one number a weight. */
  firstMoment: Float64Array;
  secondMoment: Float64Array;
  /** adamBeta1 and adamBeta2 to the power of the steps taken, for the correction of the bias. */
  beta1Power: number;
  beta2Power: number;
}

export function initialAdamState(length: number): AdamState {
  return {
    firstMoment: new Float64Array(length),
    secondMoment: new Float64Array(length),
    beta1Power: 1,
    beta2Power: 1,
  };
}

/** One step uphill: `weights` and `state` change in place. The gradient must be finite. */
export function ascend(weights: Float64Array, gradient: Float64Array, state: AdamState, settings: AdamSettings): void {
  const { learningRate, adamBeta1, adamBeta2, adamEpsilon } = settings;
  const { firstMoment, secondMoment } = state;
  state.beta1Power *= adamBeta1;
  state.beta2Power *= adamBeta2;
  const firstScale = 1 / (1 - state.beta1Power);
  const secondScale = 1 / (1 - state.beta2Power);
  for (let index = 0; index < weights.length; index++) {
    const slope = gradient[index]!;
    const first = adamBeta1 * firstMoment[index]! + (1 - adamBeta1) * slope;
    const second = adamBeta2 * secondMoment[index]! + (1 - adamBeta2) * slope * slope;
    firstMoment[index] = first;
    secondMoment[index] = second;
    weights[index]! += (learningRate * firstScale * first) / (Math.sqrt(secondScale * second) + adamEpsilon);
  }
}
