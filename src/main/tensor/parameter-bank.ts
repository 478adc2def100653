import { typeAttribute } from './attributes.ts';
import { type DataType, elementCount, type Shape, sameShape } from './data-types.ts';
import type { Graph, GraphNode, Tensor, Variable } from './graph.ts';
import { deviationOf, type Initial } from './initial.ts';
import { add, cast, multiply, select, subtract } from './operations/arithmetic.ts';
import { concat, deepCopy, reshape, split, zeros } from './operations/array.ts';
import { randomTruncatedNormal } from './operations/random.ts';
import { assignSubtract } from './operations/state.ts';

/**
 * Parameters whose size is a multiple of this many elements come first in their bank: they are then 64-byte aligned in
 * every type, and TensorFlow cuts the bank into them without copying.
 */
const ALIGNMENT = 32;

interface Declared {
  readonly name: string;
  readonly shape: Shape;
  readonly size: number;
  readonly initial: Initial;
  /** In elements; -1 until the bank is finished. */
  offset: number;
  /** Stands for the parameter until the bank's layout is known, then becomes a Reshape of the bank's piece. */
  readonly node: GraphNode;
  observed?: Tensor;
}

interface Initialiser {
  readonly seed: Tensor;
  readonly deviations: Tensor | undefined;
  readonly constants: Tensor;
  readonly assigned: GraphNode;
}

/** Parameters that lie one after the other in one float32 variable. See `Parameters`. */
export class ParameterBank {
  readonly name: string;
  private readonly graph: Graph;
  private readonly type: DataType;
  private readonly declared = new Map<string, Declared>();
  private order: Declared[] | undefined;
  private alignedCount = 0;
  private finishedVariable: Variable | undefined;
  private finishedInitialiser: Initialiser | undefined;

  constructor(graph: Graph, name: string, type: DataType) {
    this.graph = graph;
    this.name = name;
    this.type = type;
  }

  get variable(): Variable | undefined {
    return this.finishedVariable;
  }

  get entries(): readonly Omit<Declared, 'node' | 'observed'>[] {
    return (this.order ?? []).map(({ name, shape, size, initial, offset }) => ({
      name,
      shape,
      size,
      initial,
      offset,
    }));
  }

  /** The parameter's tensor, in the bank's type of computation. */
  declare(name: string, shape: Shape, initial: Initial): Declared {
    const known = this.declared.get(name);
    if (known) {
      if (sameShape(known.shape, shape)) return known;
      throw new TypeError(
        `The parameter ${name} has the shape [${known.shape.join(', ')}], not [${shape.join(', ')}].`,
      );
    }
    if (this.order) throw new Error(`The parameter ${name} is declared after the graph was finished.`);
    const node = this.graph.add('Parameter', [], {}, [{ dtype: this.type, shape }], {
      name: `${this.name}/${name}`,
      stateful: true,
    });
    const declared: Declared = { name, shape, size: elementCount(shape), initial, offset: -1, node };
    this.declared.set(name, declared);
    return declared;
  }

  /** Fixes the layout and puts the pieces of the variable in the place of the parameters' stand-ins. */
  finish(): void {
    const all = [...this.declared.values()];
    const aligned = all.filter(({ size }) => size % ALIGNMENT === 0);
    this.order = [...aligned, ...all.filter(({ size }) => size % ALIGNMENT !== 0)];
    this.alignedCount = aligned.length;
    if (all.length === 0) return;
    let offset = 0;
    for (const declared of this.order) {
      declared.offset = offset;
      offset += declared.size;
    }
    const length = Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
    const trainable = this.name !== 'statistics';
    this.finishedVariable = this.graph.variable(`parameters/${this.name}`, [length], { trainable });
    this.finishedInitialiser = this.makeInitialiser(this.finishedVariable);
    this.settle(this.cut(this.finishedVariable.value));
  }

  /** Reads parameters by name from a tensor of the variable's shape. */
  view(flat: Tensor | undefined): (name: string, shape: Shape) => Tensor {
    const order = this.order ?? [];
    const pieces = flat ? this.cut(flat) : [];
    const byName = new Map(order.map((declared, index) => [declared.name, reshape(pieces[index]!, declared.shape)]));
    return (name, shape) => {
      const tensor = byName.get(name);
      if (!tensor || !sameShape(tensor.shape, shape)) {
        throw new TypeError(`There is no parameter ${name} [${shape.join(', ')}] among the ${this.name}.`);
      }
      return tensor;
    };
  }

  /** The node that does s ← s − (1 − decay) · (s − observed) for all statistics at once. */
  moveTowardsObserved(decay: number, onlyIf?: Tensor): GraphNode | undefined {
    const variable = this.finishedVariable;
    if (!variable) return undefined;
    const graph = this.graph;
    const pieces = this.order!.map(({ name, size, observed }) => {
      if (!observed) throw new Error(`The statistic ${name} is never observed in the training step.`);
      return reshape(cast(observed, 'float32'), [size]);
    });
    const padding = this.padding(variable);
    if (padding > 0) pieces.push(zeros(graph, 'float32', [padding]));
    const difference = subtract(variable.value, concat(pieces, 0));
    const move = multiply(difference, graph.constant(1 - decay, 'float32'));
    return assignSubtract(variable, onlyIf ? select(onlyIf, move, zeros(graph, 'float32', variable.shape)) : move);
  }

  /** What sets the variable to its initial value; undefined without parameters. */
  get initialiser(): GraphNode | undefined {
    return this.finishedInitialiser?.assigned;
  }

  /** What the initialiser must be fed. */
  initialFeeds(seed: readonly [number, number]): [Tensor, Float32Array | Int32Array][] {
    const initialiser = this.finishedInitialiser;
    if (!initialiser) return [];
    const constants = new Float32Array(elementCount(initialiser.constants.shape));
    const deviations = new Float32Array(initialiser.deviations ? constants.length : 0);
    for (const { initial, shape, offset, size } of this.order!) {
      if (initial.kind === 'constant') constants.fill(initial.value, offset, offset + size);
      else deviations.fill(deviationOf(initial, shape), offset, offset + size);
    }
    if (!initialiser.deviations) return [[initialiser.constants, constants]];
    return [
      [initialiser.constants, constants],
      [initialiser.deviations, deviations],
      [initialiser.seed, Int32Array.from(seed)],
    ];
  }

  private padding(variable: Variable): number {
    const last = this.order!.at(-1)!;
    return elementCount(variable.shape) - last.offset - last.size;
  }

  private makeInitialiser(variable: Variable): Initialiser {
    const graph = this.graph;
    const { shape } = variable;
    return graph.scope(`initialise/${this.name}`, () => {
      const seed = graph.placeholder('seed', 'int32', [2]);
      const constants = graph.placeholder('constants', 'float32', shape);
      if (this.order!.every(({ initial }) => initial.kind === 'constant')) {
        return { seed, deviations: undefined, constants, assigned: graph.assign(variable, deepCopy(constants)) };
      }
      const deviations = graph.placeholder('deviations', 'float32', shape);
      const value = add(multiply(randomTruncatedNormal(seed, shape), deviations), constants);
      return { seed, deviations, constants, assigned: graph.assign(variable, value) };
    });
  }

  /** One flat piece for each parameter, in the bank's order. */
  private cut(flat: Tensor): readonly Tensor[] {
    const order = this.order!;
    const padding = this.padding(this.finishedVariable!);
    const sizes = order.map(({ size }) => size);
    const aligned = sizes.slice(0, this.alignedCount);
    const others = sizes.slice(this.alignedCount);
    const computed = cast(flat, this.type);
    if (others.length === 0) return split(computed, aligned, 0);
    if (padding > 0) others.push(padding);
    const otherSize = others.reduce((total, size) => total + size, 0);
    const pieces = split(computed, [...aligned, otherSize], 0);
    return [...pieces.slice(0, -1), ...split(pieces.at(-1)!, others, 0)].slice(0, order.length);
  }

  /** Readers of a stand-in read the piece itself where no change of shape is needed, or only their own. */
  private settle(pieces: readonly Tensor[]): void {
    const graph = this.graph;
    const pieceOf = new Map<GraphNode, Tensor>();
    for (const [index, { node, shape }] of this.order!.entries()) {
      const piece = pieces[index]!;
      node.op = 'Reshape';
      node.inputs = [piece, graph.constant(shape, 'int32', [shape.length])];
      node.attributes = { T: typeAttribute(this.type), Tshape: typeAttribute('int32') };
      pieceOf.set(node, piece);
    }
    for (const node of graph.nodes) {
      if (pieceOf.has(node)) continue;
      const replace = (input: Tensor) => {
        const piece = pieceOf.get(input.node);
        return piece && (node.op === 'Reshape' || input.shape.length === 1) ? piece : input;
      };
      if (node.inputs.some((input) => replace(input) !== input)) node.inputs = node.inputs.map(replace);
    }
  }
}
