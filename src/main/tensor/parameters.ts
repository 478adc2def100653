import type { DataType, Shape } from './data-types.ts';
import type { Graph, GraphNode, Tensor, Variable } from './graph.ts';
import type { Initial } from './initial.ts';
import { done } from './operations/arithmetic.ts';
import { ParameterBank } from './parameter-bank.ts';
import type { Session } from './session.ts';

/** Where a network takes its parameters from; asked twice for a name, it answers with the same tensor. */
export interface ParameterSource {
  /** A convolution's or dense layer's weights, in the type that is computed with; weight decay applies. */
  kernel(name: string, shape: Shape, initial: Initial): Tensor;
  /** A trainable float32 vector (batch norm's scale and offset, a bias); no weight decay. */
  vector(name: string, shape: Shape, initial: Initial): Tensor;
  /** A float32 moving average that evaluation reads (batch norm's mean and variance); not trained. */
  statistic(name: string, shape: Shape, initial: Initial): Tensor;
  /** Says what a statistic moves towards in a training step, and declares it where it is new. */
  observe(name: string, shape: Shape, initial: Initial, batchValue: Tensor): void;
}

export const BANKS = ['kernels', 'vectors', 'statistics'] as const;
export type BankName = (typeof BANKS)[number];

/** One parameter and where it lies in its bank, counted in elements. */
export interface ParameterEntry {
  readonly name: string;
  readonly bank: BankName;
  readonly shape: Shape;
  readonly initial: Initial;
  readonly size: number;
  readonly offset: number;
}

/**
 * All parameters of a network as three long variables, the banks. Updating, clipping, averaging and saving then take a
 * few kernels for the whole network and not a few for each of a thousand tensors, which is what bounds small networks
 * and GPUs. The banks' layout is fixed by `Graph.finish`; nothing can be declared after it.
 */
export class Parameters implements ParameterSource {
  readonly graph: Graph;
  private readonly computeType: DataType;
  private readonly device: string;
  private readonly banks: Record<BankName, ParameterBank>;
  private initialised: Tensor | undefined;

  constructor(graph: Graph, options: { readonly computeType?: 'float32' | 'bfloat16' | 'float16' } = {}) {
    this.graph = graph;
    this.computeType = options.computeType ?? 'float32';
    this.device = graph.currentDevice;
    this.banks = {
      kernels: new ParameterBank(graph, 'kernels', this.computeType),
      vectors: new ParameterBank(graph, 'vectors', 'float32'),
      statistics: new ParameterBank(graph, 'statistics', 'float32'),
    };
    graph.onFinish(() => this.finish());
  }

  kernel(name: string, shape: Shape, initial: Initial): Tensor {
    return this.banks.kernels.declare(name, shape, initial).node.outputs[0]!;
  }

  vector(name: string, shape: Shape, initial: Initial): Tensor {
    return this.banks.vectors.declare(name, shape, initial).node.outputs[0]!;
  }

  statistic(name: string, shape: Shape, initial: Initial): Tensor {
    return this.banks.statistics.declare(name, shape, initial).node.outputs[0]!;
  }

  observe(name: string, shape: Shape, initial: Initial, batchValue: Tensor): void {
    const declared = this.banks.statistics.declare(name, shape, initial);
    if (declared.observed) throw new Error(`The statistic ${name} is observed twice in one training step.`);
    declared.observed = batchValue;
  }

  /** Every parameter in the order of the banks. Finishes the graph. */
  get entries(): readonly ParameterEntry[] {
    this.graph.finish();
    return BANKS.flatMap((bank) => this.banks[bank].entries.map((entry) => ({ ...entry, bank })));
  }

  /** The bank's variable, float32 [elements]; undefined when nothing was declared in it. Finishes the graph. */
  bank(name: BankName): Variable | undefined {
    this.graph.finish();
    return this.banks[name].variable;
  }

  /** The same parameters read from other tensors of the banks' shapes, such as moving averages of the weights. */
  readFrom(flats: Partial<Record<BankName, Tensor>>): ParameterSource {
    this.graph.finish();
    const views = Object.fromEntries(
      BANKS.map((name) => [name, this.banks[name].view(flats[name] ?? this.banks[name].variable?.value)]),
    ) as Record<BankName, (name: string, shape: Shape) => Tensor>;
    return {
      kernel: (name, shape) => views.kernels(name, shape),
      vector: (name, shape) => views.vectors(name, shape),
      statistic: (name, shape) => views.statistics(name, shape),
      observe: (name) => {
        throw new Error(`The statistic ${name} can't be observed by a network that only reads its parameters.`);
      },
    };
  }

  /**
   * Moves every statistic towards what was observed: s ← s − (1 − decay) · (s − observed). Undefined when there are no
   * statistics. Throws when one was declared and never observed. Where `onlyIf` (a bool scalar) is false nothing moves.
   */
  updateStatistics(decay: number, onlyIf?: Tensor): GraphNode | undefined {
    this.graph.finish();
    return this.graph.device(this.device, () => this.banks.statistics.moveTowardsObserved(decay, onlyIf));
  }

  /** Nodes that give all banks their initial values, once they are fed `initialFeeds`. */
  get initialisers(): readonly GraphNode[] {
    this.graph.finish();
    return BANKS.flatMap((name) => this.banks[name].initialiser ?? []);
  }

  /** What the initialisers are fed: a function of the seed (0 to 2^31 - 1) and of the banks' layout. */
  initialFeeds(seed: number): ReadonlyMap<Tensor, Float32Array | Int32Array> {
    this.graph.finish();
    return new Map(BANKS.flatMap((name, index) => this.banks[name].initialFeeds([seed | 0, index])));
  }

  /** Sets all banks to their initial values. A training step initialises them itself, with its own state. */
  initialise(session: Session, seed: number): void {
    if (this.initialised) session.run([this.initialised], this.initialFeeds(seed));
  }

  private finish(): void {
    this.graph.device(this.device, () => {
      for (const name of BANKS) this.banks[name].finish();
      const [first, ...others] = BANKS.flatMap((name) => this.banks[name].initialiser ?? []);
      if (first) this.initialised = done([first, ...others], 'initialise/done');
    });
  }
}
