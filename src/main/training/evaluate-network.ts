import type { NetworkPlan } from '../../shared/search-space/plan.ts';
import { planNetwork } from '../../shared/search-space/plan-network.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { NamedTensor } from '../artifacts/safetensors.ts';
import { inferenceVariables } from '../child-model/network.ts';
import { sameShape } from '../tensor/data-types.ts';
import { Graph } from '../tensor/graph.ts';
import { BANKS, Parameters } from '../tensor/parameters.ts';
import { Session } from '../tensor/session.ts';
import { StateBlock } from '../tensor/state-block.ts';
import { addEvaluation, type Evaluation, evaluate, evaluationBatchSize } from './evaluation.ts';
import { imageSource } from './image-source.ts';
import type { ImageSplit } from './image-split.ts';
import type { NetworkFacts } from './network-weights.ts';

export interface NetworkToEvaluate {
  readonly facts: NetworkFacts;
  /** By the plan's names, float32; exactly what the network reads. */
  readonly tensors: readonly NamedTensor[];
  /** Its validation images are evaluated, read from disk batch by batch. */
  readonly split: Pick<
    ImageSplit,
    'count' | 'sizeBytes' | 'imageShape' | 'classes' | 'readBatch' | 'training' | 'validation'
  >;
  /** TensorFlow's device name; empty leaves the choice to TensorFlow. */
  readonly device: string;
  /** Asked between two batches. */
  readonly interrupted?: () => boolean;
}

export interface NetworkEvaluation {
  readonly images: number;
  readonly correct: number;
  /** Mean cross-entropy. */
  readonly loss: number;
}

/**
 * Evaluates a network by itself: nothing of a training is built. With the images, the device and the weights of a
 * training's epoch it gives that epoch's numbers. Null when it was interrupted. Throws `invalid_input` for tensors that
 * are not the network's, and `SessionError`.
 */
export function evaluateNetwork(network: NetworkToEvaluate): NetworkEvaluation | null {
  const { facts, split, interrupted = () => false } = network;
  const plan = planNetwork(facts.architecture, facts.scale);
  const tensors = matchTensors(plan, network.tensors);
  const { graph, evaluation, state, parameters } = buildEvaluation(plan, network);
  const session = Session.open(graph);
  try {
    state.write(session, packTensors(parameters, state, tensors));
    const run = session.prepare([evaluation.report], [...evaluation.batch.fed, evaluation.counted]);
    const sums = evaluate(evaluation, run, split, interrupted);
    return sums && { images: split.validation, ...sums };
  } finally {
    session.close();
  }
}

interface EvaluationGraph {
  readonly graph: Graph;
  readonly parameters: Parameters;
  readonly evaluation: Evaluation;
  readonly state: StateBlock;
}

function buildEvaluation(plan: NetworkPlan, { facts, split, device }: NetworkToEvaluate): EvaluationGraph {
  const graph = new Graph();
  return graph.device(device, () => {
    const parameters = new Parameters(graph, { computeType: facts.precision });
    const evaluation = addEvaluation(graph, {
      plan,
      parameters: () => parameters,
      source: imageSource(graph, split, 0, () => new Uint8Array(0)),
      batchSize: evaluationBatchSize(split),
      precision: facts.precision,
      batchNormEpsilon: facts.batchNormEpsilon,
    });
    const state = new StateBlock(
      graph,
      BANKS.flatMap((bank) => parameters.bank(bank) ?? []),
    );
    return { graph, parameters, evaluation, state };
  });
}

/** The tensors by name. Throws unless they are what the plan's network reads, no fewer and no more. */
function matchTensors(plan: NetworkPlan, tensors: readonly NamedTensor[]): ReadonlyMap<string, NamedTensor> {
  const given = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const wanted = inferenceVariables(plan);
  for (const { name, shape } of wanted) {
    const tensor = given.get(name);
    if (!tensor) throw misfit(`the tensor ${name} is missing`);
    if (tensor.type !== 'F32') throw misfit(`the tensor ${name} is ${tensor.type}, not F32`);
    if (!sameShape(tensor.shape, shape)) {
      throw misfit(`the tensor ${name} has the shape [${tensor.shape.join(', ')}], not [${shape.join(', ')}]`);
    }
  }
  const known = new Set(wanted.map(({ name }) => name));
  const extra = tensors.find(({ name }) => !known.has(name));
  if (extra) throw misfit(`there is no place for the tensor ${extra.name}`);
  return given;
}

function misfit(reason: string): WorkbenchError {
  const remedy = 'give the weights that were kept of this very network';
  return new WorkbenchError('invalid_input', `The weights don't fit the network (${reason}): ${remedy}.`);
}

/** The banks' bytes as `StateBlock.write` takes them. What pads a bank stays zero. */
function packTensors(parameters: Parameters, state: StateBlock, tensors: ReadonlyMap<string, NamedTensor>): Uint8Array {
  const block = new Uint8Array(state.sizeBytes);
  const banks = BANKS.filter((bank) => parameters.bank(bank));
  const starts = new Map(banks.map((bank, index) => [bank, state.layout[index]!.offset]));
  for (const { name, bank, offset } of parameters.entries) {
    block.set(tensors.get(name)!.bytes, starts.get(bank)! + offset * Float32Array.BYTES_PER_ELEMENT);
  }
  return block;
}
