import type { Optimizer } from '../../shared/records/recipe.ts';
import { gradients } from './gradients.ts';
import type { Graph, GraphNode, Tensor, Variable } from './graph.ts';
import { LossScale } from './loss-scale.ts';
import {
  add,
  addN,
  divide,
  done,
  isFiniteNumber,
  l2Loss,
  maximum,
  multiply,
  select,
  sqrt,
  subtract,
} from './operations/arithmetic.ts';
import { deepCopy } from './operations/array.ts';
import { assignSubtract } from './operations/state.ts';
import { optimize } from './optimizers.ts';
import type { Parameters } from './parameters.ts';
import type { Session } from './session.ts';

export interface TrainingStepOptions {
  readonly parameters: Parameters;
  /** Scalar float32: mean loss of the batch, auxiliary loss included, weight decay not. */
  readonly loss: Tensor;
  readonly optimizer: Optimizer;
  /** Scalar float32, fed at each step. */
  readonly learningRate: Tensor;
  /** weightDecay · Σ w² / 2 over all kernels is added to the loss, and its gradient to theirs; 0 switches it off. */
  readonly weightDecay: number;
  /** Largest global norm of the whole gradient, weight decay's part included; 0 switches clipping off. */
  readonly clipNorm: number;
  /** Decay of the batch-norm statistics' moving averages. */
  readonly statisticsDecay: number;
  /** Decay of the weights' moving average, a scalar float32 fed at each step (`averageDecayAt`); none keeps none. */
  readonly averageDecay?: Tensor | undefined;
  /** Dynamic loss scaling (float16): a step whose gradients are not finite changes nothing but the scale. */
  readonly scaleLoss?: boolean;
}

export interface TrainingStep {
  /** bool scalar: fetched, it makes the step happen. */
  readonly done: Tensor;
  /** Loss plus weight decay, at the weights before the step. */
  readonly loss: Tensor;
  /** Global norm of the gradient, before clipping and after unscaling. */
  readonly gradientNorm: Tensor;
  /** All that a checkpoint must hold to go on bit for bit: weights, statistics, slots, averages, loss scale. */
  readonly state: readonly Variable[];
  /** Averaged weights for `parameters.readFrom`; undefined when no average is kept. */
  readonly averages: { readonly kernels?: Tensor; readonly vectors?: Tensor } | undefined;
  /** Sets all state to its start, a function of the seed (1 to 2^31 - 1). */
  initialise(session: Session, seed: number): void;
}

/** The decay that TensorFlow's averages use when they are told the step: low at first, so that the start is forgotten. */
export function averageDecayAt(step: number, decay: number): number {
  return Math.min(decay, (1 + step) / (10 + step));
}

type TrainedBank = 'kernels' | 'vectors';

interface Trained {
  readonly name: TrainedBank;
  readonly variable: Variable;
  readonly gradient: Tensor;
}

/** Adds the backward pass and all updates of one step to the graph, to be run in one call. Finishes the graph. */
export function trainingStep(options: TrainingStepOptions): TrainingStep {
  const { parameters, weightDecay } = options;
  const { graph } = parameters;
  graph.finish();
  const scale = options.scaleLoss ? new LossScale(graph) : undefined;
  const trained = bankGradients(options, scale);
  const penalty = weightDecay > 0 ? penaltyOf(trained, weightDecay) : undefined;
  const { norm, clipped } = clip(graph, trained, options.clipNorm);
  const finite = scale ? isFiniteNumber(norm) : undefined;
  const loss = penalty ? add(options.loss, penalty) : options.loss;

  // The penalty reads the weights: once it has, they can be updated in place, without a copy.
  const updates = graph.after([loss], () =>
    clipped.map(({ variable, gradient }) =>
      optimize(variable, options.optimizer, { gradient, learningRate: options.learningRate, onlyIf: finite }),
    ),
  );
  const updated = updates.flatMap((update) => update.updated);
  const statistics = parameters.updateStatistics(options.statisticsDecay, finite);
  const averages = options.averageDecay ? averageBanks(trained, options.averageDecay, updated, finite) : [];
  const slots = updates.flatMap((update) => update.slots);
  const nodes = [...updated, ...(statistics ? [statistics] : []), ...averages.map(({ moved }) => moved)];
  if (scale && finite) nodes.push(scale.update(finite));
  const state = [
    ...trained.map(({ variable }) => variable),
    ...optional(parameters.bank('statistics')),
    ...slots,
    ...averages.map(({ average }) => average),
    ...optional(scale?.variable),
  ];
  return {
    done: done(nodes as [GraphNode, ...GraphNode[]], 'training_step'),
    loss,
    gradientNorm: norm,
    state,
    averages: options.averageDecay && Object.fromEntries(averages.map(({ name, average }) => [name, average.value])),
    initialise: initialiser(parameters, [...slots, ...optional(scale?.variable)], averages),
  };
}

function optional<Value>(value: Value | undefined): Value[] {
  return value === undefined ? [] : [value];
}

/** The gradient of each trained bank, weight decay's part included. */
function bankGradients(
  { parameters, loss, weightDecay }: TrainingStepOptions,
  scale: LossScale | undefined,
): Trained[] {
  const banks = (['kernels', 'vectors'] as const).flatMap((name) => {
    const variable = parameters.bank(name);
    return variable ? [{ name, variable }] : [];
  });
  const { graph } = parameters;
  const scaled = scale ? { scale: scale.value } : {};
  const found = gradients(
    loss,
    banks.map(({ variable }) => variable.value),
    scaled,
  );
  return banks.map(({ name, variable }, index) => {
    const gradient = scale ? multiply(found[index]!, scale.inverse) : found[index]!;
    if (name !== 'kernels' || weightDecay === 0) return { name, variable, gradient };
    const decay = multiply(variable.value, graph.constant(weightDecay, 'float32'));
    return { name, variable, gradient: add(gradient, decay) };
  });
}

function penaltyOf(trained: readonly Trained[], weightDecay: number): Tensor | undefined {
  const kernels = trained.find(({ name }) => name === 'kernels');
  if (!kernels) return undefined;
  const { value, graph } = kernels.variable;
  return multiply(l2Loss(value), graph.constant(weightDecay, 'float32'));
}

/** Multiplies all gradients by clipNorm / max(norm, clipNorm). */
function clip(
  graph: Graph,
  trained: readonly Trained[],
  clipNorm: number,
): { norm: Tensor; clipped: readonly Trained[] } {
  const halves = addN(trained.map(({ gradient }) => l2Loss(gradient)));
  const norm = sqrt(multiply(halves, graph.constant(2, 'float32')));
  if (clipNorm === 0) return { norm, clipped: trained };
  const limit = graph.constant(clipNorm, 'float32');
  const factor = divide(limit, maximum(norm, limit));
  return { norm, clipped: trained.map((each) => ({ ...each, gradient: multiply(each.gradient, factor) })) };
}

interface Average {
  readonly name: TrainedBank;
  readonly source: Variable;
  readonly average: Variable;
  readonly moved: GraphNode;
}

/** a ← a − (1 − decay) · (a − w), with the weights after the update; where `onlyIf` is false nothing moves. */
function averageBanks(
  trained: readonly Trained[],
  decay: Tensor,
  updated: readonly GraphNode[],
  onlyIf: Tensor | undefined,
): Average[] {
  const { graph } = decay;
  const all = subtract(graph.constant(1, 'float32'), decay);
  const rest = onlyIf ? select(onlyIf, all, graph.constant(0, 'float32')) : all;
  return trained.map(({ name, variable }) => {
    const average = graph.variable(`${variable.name}/average`, variable.shape);
    const difference = subtract(average.value, variable.valueAfter(updated));
    return { name, source: variable, average, moved: assignSubtract(average, multiply(difference, rest)) };
  });
}

/** One run: each new set of fetches costs TensorFlow a pass over the whole graph. */
function initialiser(parameters: Parameters, slots: readonly Variable[], averages: readonly Average[]) {
  const { graph, initialisers } = parameters;
  const ofSlots = graph.initialisers.filter(({ inputs }) => slots.some(({ handle }) => handle === inputs[0]));
  const ofAverages = averages.map(({ source, average }) =>
    graph.assign(average, deepCopy(source.valueAfter(initialisers))),
  );
  const all = [...initialisers, ...ofSlots, ...ofAverages];
  const initialised = done(all as [GraphNode, ...GraphNode[]], 'initialise/training');
  return (session: Session, seed: number): void => {
    session.run([initialised], parameters.initialFeeds(seed));
  };
}
