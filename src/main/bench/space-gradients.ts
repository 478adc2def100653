import { randomUint32 } from '../../shared/random.ts';
import type { NetworkPlan, Step } from '../../shared/search-space/plan.ts';
import { planNetwork } from '../../shared/search-space/plan-network.ts';
import { classificationLoss } from '../child-model/classification-loss.ts';
import { buildNetwork } from '../child-model/network.ts';
import { preprocess } from '../child-model/preprocess.ts';
import { gradients } from '../tensor/gradients.ts';
import { Graph, type Tensor } from '../tensor/graph.ts';
import { Parameters } from '../tensor/parameters.ts';
import { Session } from '../tensor/session.ts';
import type { SpaceCase } from './space-cases.ts';

const BATCH = 4;
const TRAINED = ['kernels', 'vectors'] as const;

/**
 * What is wrong with the gradients of a case's first step on images of noise, in words: parameters that get none (all
 * zeros), or one that is not finite. Loads TensorFlow: for a process of its own.
 */
export function gradientFaults({ architecture, scale }: SpaceCase): string[] {
  const plan = planNetwork(architecture, scale);
  const graph = new Graph();
  const parameters = new Parameters(graph);
  const images = graph.placeholder('images', 'uint8', [BATCH, scale.height, scale.width, scale.channels]);
  const loss = lossOf(plan, parameters, images);
  const banks = TRAINED.map((bank) => parameters.bank(bank)!.value);
  const wanted = gradients(loss, banks);
  const session = Session.open(graph);
  try {
    parameters.initialise(session, 1);
    const length = BATCH * scale.height * scale.width * scale.channels;
    const noise = Uint8Array.from({ length }, (_, at) => randomUint32(1, at) & 0xff);
    const found = session.run(wanted, new Map([[images, noise]])) as Float32Array[];
    return faultsIn(plan, parameters, found);
  } finally {
    session.close();
  }
}

function lossOf(plan: NetworkPlan, parameters: Parameters, images: Tensor): Tensor {
  const mode = { kind: 'training', dropPath: new Map(), dropout: null } as const;
  const network = buildNetwork(plan, { images: preprocess(images), parameters, mode, batchNormEpsilon: 1e-5 });
  const labels = Int32Array.from({ length: BATCH }, (_, index) => index % plan.scale.classes);
  const classes = images.graph.constant(labels, 'int32', [BATCH]);
  return classificationLoss(network, classes, { labelSmoothing: 0, auxiliaryWeight: 0.4 });
}

function faultsIn(plan: NetworkPlan, parameters: Parameters, found: readonly Float32Array[]): string[] {
  const idle = idleKernels(plan);
  return parameters.entries.flatMap(({ name, bank, offset, size }) => {
    if (bank === 'statistics') return [];
    const gradient = found[TRAINED.indexOf(bank)]!.subarray(offset, offset + size);
    if (!gradient.every(Number.isFinite)) return [`the gradient of ${name} is not finite`];
    // The scale or shift of an only channel is undone by the next batch normalisation: its gradient can be just 0.
    const mayBeZero = size === 1 || idle.has(name);
    return mayBeZero || gradient.some((value) => value !== 0) ? [] : [`${name} gets no gradient`];
  });
}

/** Kernels on the shifted half of a map that is one pixel high or wide: all of it lies beyond the edge and is zero. */
function idleKernels({ steps }: NetworkPlan): Set<string> {
  const isBeyond = (step: Step): boolean => {
    if (step.kind !== 'pick' || step.offset !== 1) return false;
    const [height, width] = steps[step.input]!.shape;
    return height === 1 || width === 1;
  };
  const kernels = steps.filter((step) => step.kind === 'convolution');
  return new Set(kernels.filter(({ input }) => isBeyond(steps[input]!)).map(({ weights }) => weights.name));
}
