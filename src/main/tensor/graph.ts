import { type Attributes, attributesKey, shapeAttribute, textAttribute, typeAttribute } from './attributes.ts';
import { type ConstantValue, encodeConstant } from './constant-content.ts';
import { type DataType, type Shape, sameShape } from './data-types.ts';

/** One output of a node. Shapes are known when the graph is built, but for -1: a batch that is not known before a run. */
export interface Tensor {
  readonly graph: Graph;
  readonly node: GraphNode;
  /** Which output of its node. */
  readonly index: number;
  /** `node:index`, as a session names it. */
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: Shape;
}

/** One operation. What it reads may be filled in later (see `Parameters`), so rules must not keep copies of it. */
export interface GraphNode {
  readonly graph: Graph;
  readonly id: number;
  readonly name: string;
  op: string;
  inputs: readonly Tensor[];
  /** Nodes that must have run before this one. */
  readonly controls: readonly GraphNode[];
  attributes: Attributes;
  /** TensorFlow's device name, such as `/device:GPU:0`; empty leaves the choice to TensorFlow. */
  readonly device: string;
  outputs: readonly Tensor[];
}

/** A tensor or a node without outputs that must have run before. */
export type After = Tensor | GraphNode | Variable;

export interface OutputType {
  readonly dtype: DataType;
  readonly shape: Shape;
}

export interface NodeOptions {
  /** Last part of the node's name; the operation's name without it. */
  readonly name?: string;
  readonly after?: readonly After[];
  /** A node that has a state or an effect is never shared between callers. */
  readonly stateful?: boolean;
}

export interface VariableOptions {
  readonly dtype?: DataType;
  /** What the initialisers assign; a variable without one must be written by a checkpoint or a feed. */
  readonly initialValue?: Tensor;
  readonly trainable?: boolean;
}

/** A tensor that a session keeps between runs. Uninitialised until its initialiser, or an assignment, has run. */
export class Variable {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: Shape;
  readonly trainable: boolean;
  readonly handle: Tensor;
  readonly graph: Graph;
  /** The value at the start of a run. All readers share one read, which comes before any update that depends on it. */
  readonly value: Tensor;

  constructor(graph: Graph, name: string, dtype: DataType, shape: Shape, trainable: boolean) {
    const attributes = { dtype: typeAttribute(dtype), shape: shapeAttribute(shape) };
    const node = graph.add('VarHandleOp', [], attributes, [{ dtype: 'resource', shape: [] }], { name, stateful: true });
    node.attributes = { ...attributes, shared_name: textAttribute(node.name) };
    this.graph = graph;
    this.handle = node.outputs[0]!;
    this.name = node.name;
    this.dtype = dtype;
    this.shape = shape;
    this.trainable = trainable;
    this.value = this.read([]);
  }

  /** The value once the given nodes have run, such as an update. */
  valueAfter(after: readonly After[]): Tensor {
    return this.read(after);
  }

  private read(after: readonly After[]): Tensor {
    const options = { name: `${lastPart(this.name)}/read`, stateful: true, after };
    const attributes = { dtype: typeAttribute(this.dtype) };
    return this.graph.add('ReadVariableOp', [this.handle], attributes, [this], options).outputs[0]!;
  }
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/**
 * A graph under construction. Equal nodes (same operation, inputs, attributes, device, control inputs) are made once,
 * so a ReLU that several operations read is computed once although each of them asks for its own.
 */
export class Graph {
  readonly nodes: GraphNode[] = [];
  readonly variables: Variable[] = [];
  /** Assignments that give the variables their initial values. */
  readonly initialisers: GraphNode[] = [];
  private readonly shared = new Map<string, GraphNode>();
  private readonly names = new Map<string, number>();
  private readonly finishers: (() => void)[] = [];
  private scopeName = '';
  private deviceName = '';
  private afterNodes: readonly GraphNode[] = [];

  /** A value that is fed at each run. */
  placeholder(name: string, dtype: DataType, shape: Shape): Tensor {
    const attributes = { dtype: typeAttribute(dtype), shape: shapeAttribute(shape) };
    return this.add('Placeholder', [], attributes, [{ dtype, shape }], { name, stateful: true }).outputs[0]!;
  }

  /** A constant; a single number fills the whole shape. Throws when the value does not have the shape's elements. */
  constant(value: ConstantValue, dtype: DataType, shape: Shape = []): Tensor {
    const content = encodeConstant(value, dtype, shape);
    const attributes = { dtype: typeAttribute(dtype), value: { kind: 'tensor', dtype, shape, content } as const };
    return this.add('Const', [], attributes, [{ dtype, shape }], { name: 'constant' }).outputs[0]!;
  }

  variable(name: string, shape: Shape, options: VariableOptions = {}): Variable {
    const { dtype = options.initialValue?.dtype ?? 'float32', initialValue, trainable = false } = options;
    const variable = this.independent(() => new Variable(this, name, dtype, shape, trainable));
    if (initialValue) this.initialisers.push(this.independent(() => this.assign(variable, initialValue)));
    this.variables.push(variable);
    return variable;
  }

  /** Sets a variable; the node has no output, so a run reaches it through `after` of something fetched. */
  assign(variable: Variable, value: Tensor, after: readonly After[] = []): GraphNode {
    if (value.dtype !== variable.dtype || !sameShape(value.shape, variable.shape)) {
      throw new TypeError(
        `${variable.name} holds ${typeText(variable)} and can't be assigned ${typeText(value)} (${value.name}).`,
      );
    }
    const attributes = { dtype: typeAttribute(variable.dtype) };
    const options = { name: `${lastPart(variable.name)}/assign`, stateful: true, after };
    return this.add('AssignVariableOp', [variable.handle, value], attributes, [], options);
  }

  /** Nodes made inside carry the name before theirs. */
  scope<Result>(name: string, build: () => Result): Result {
    const outer = this.scopeName;
    this.scopeName = `${outer}${name}/`;
    try {
      return build();
    } finally {
      this.scopeName = outer;
    }
  }

  /** Nodes made inside are placed on the device, such as `/device:GPU:1`; empty leaves the choice to TensorFlow. */
  device<Result>(name: string, build: () => Result): Result {
    const outer = this.deviceName;
    this.deviceName = name;
    try {
      return build();
    } finally {
      this.deviceName = outer;
    }
  }

  /** The device that new nodes are placed on; empty leaves the choice to TensorFlow. */
  get currentDevice(): string {
    return this.deviceName;
  }

  /** Nodes made inside run after the given ones. */
  after<Result>(before: readonly After[], build: () => Result): Result {
    const outer = this.afterNodes;
    this.afterNodes = [...outer, ...before.map(nodeOf)];
    try {
      return build();
    } finally {
      this.afterNodes = outer;
    }
  }

  /** Nodes made inside wait for nothing, whatever surrounds them. */
  independent<Result>(build: () => Result): Result {
    const outer = this.afterNodes;
    this.afterNodes = [];
    try {
      return build();
    } finally {
      this.afterNodes = outer;
    }
  }

  /** Runs once, before gradients are taken or the graph is lowered: for what is known only when all is declared. */
  onFinish(finish: () => void): void {
    this.finishers.push(finish);
  }

  /** Fills in what waited for the last declaration. Idempotent; called by `gradients` and by the lowering. */
  finish(): void {
    for (const finish of this.finishers.splice(0)) finish();
  }

  /** Adds a node, or returns the equal one that exists. Operations have their own functions; this is what they call. */
  add(
    op: string,
    inputs: readonly Tensor[],
    attributes: Attributes,
    outputs: readonly OutputType[],
    options: NodeOptions = {},
  ): GraphNode {
    const controls = options.after ? [...this.afterNodes, ...options.after.map(nodeOf)] : this.afterNodes;
    if (options.stateful) return this.create(op, inputs, attributes, outputs, controls, options.name ?? op);
    let key = `${op}|${this.deviceName}|`;
    for (const input of inputs) key += `${input.node.id}:${input.index},`;
    for (const control of controls) key += `^${control.id}`;
    key += attributesKey(attributes);
    let node = this.shared.get(key);
    if (!node) {
      node = this.create(op, inputs, attributes, outputs, controls, options.name ?? op);
      this.shared.set(key, node);
    }
    return node;
  }

  private create(
    op: string,
    inputs: readonly Tensor[],
    attributes: Attributes,
    outputs: readonly OutputType[],
    controls: readonly GraphNode[],
    name: string,
  ): GraphNode {
    for (const input of inputs) {
      if (input.graph !== this) throw new TypeError(`${input.name} belongs to another graph than its reader ${name}.`);
    }
    const node: GraphNode = {
      graph: this,
      id: this.nodes.length,
      name: this.uniqueName(this.scopeName + name),
      op,
      inputs,
      controls,
      attributes,
      device: this.deviceName,
      outputs: [],
    };
    node.outputs = outputs.map(({ dtype, shape }, index) => makeTensor(node, index, dtype, shape));
    this.nodes.push(node);
    return node;
  }

  private uniqueName(wanted: string): string {
    const name = wanted.replace(/[^A-Za-z0-9_./-]/g, '_').replace(/^[^A-Za-z0-9.]/, '.');
    const used = this.names.get(name);
    this.names.set(name, (used ?? 0) + 1);
    if (used === undefined) return name;
    return this.uniqueName(`${name}_${used}`);
  }
}

export function makeTensor(node: GraphNode, index: number, dtype: DataType, shape: Shape): Tensor {
  return { graph: node.graph, node, index, name: `${node.name}:${index}`, dtype, shape };
}

export function nodeOf(value: After): GraphNode {
  if (value instanceof Variable) return value.handle.node;
  return 'node' in value ? value.node : value;
}

/** `float32 [3, 3, 8, 16]`, for messages. */
export function typeText(tensor: OutputType): string {
  return `${tensor.dtype} [${tensor.shape.join(', ')}]`;
}
