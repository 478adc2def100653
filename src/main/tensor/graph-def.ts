import protobuf from 'protobufjs/minimal.js';
import type { Attribute, Attributes } from './attributes.ts';
import { DATA_TYPE_CODES, type DataType, type Shape } from './data-types.ts';
import type { Graph, GraphNode, Tensor } from './graph.ts';

type Writer = protobuf.Writer;

/**
 * The GraphDef version that the nodes are written for (TensorFlow 2.9's). Older readers than 12 are refused, as by
 * TensorFlow itself.
 */
const PRODUCER = 987;
const OLDEST_READER = 12;

const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;
const tag = (field: number, wire: number): number => (field << 3) | wire;

/** Nodes that the given tensors and nodes need, in the order they were made; all nodes when nothing is given. */
export function neededNodes(graph: Graph, keep?: readonly (Tensor | GraphNode)[]): readonly GraphNode[] {
  if (!keep) return graph.nodes;
  const needed = new Set<GraphNode>();
  const open = keep.map((value) => ('node' in value ? value.node : value));
  for (let node = open.pop(); node; node = open.pop()) {
    if (needed.has(node)) continue;
    needed.add(node);
    for (const input of node.inputs) open.push(input.node);
    open.push(...node.controls);
  }
  return graph.nodes.filter((node) => needed.has(node));
}

/** A GraphDef of the nodes (graph.proto). */
export function toGraphDef(nodes: readonly GraphNode[]): Uint8Array {
  const writer = protobuf.Writer.create();
  writeGraphDef(writer, nodes);
  return writer.finish();
}

/**
 * A SavedModel (saved_model.pb) with one meta graph tagged `serve`: what TensorFlow loads as a session. Signatures are
 * not needed for that; an export writes its own. Finishes the graph; `keep` leaves out what the given ones don't need.
 */
export function toSavedModel(graph: Graph, keep?: readonly (Tensor | GraphNode)[]): Uint8Array {
  graph.finish();
  const writer = protobuf.Writer.create();
  writer.uint32(tag(1, VARINT)).int64(1);
  writer.uint32(tag(2, BYTES)).fork();
  writer.uint32(tag(1, BYTES)).fork().uint32(tag(4, BYTES)).string('serve').ldelim();
  writer.uint32(tag(2, BYTES)).fork();
  writeGraphDef(writer, neededNodes(graph, keep));
  return writer.ldelim().ldelim().finish();
}

function writeGraphDef(writer: Writer, nodes: readonly GraphNode[]): void {
  for (const node of nodes) {
    writer.uint32(tag(1, BYTES)).fork();
    writeNode(writer, node);
    writer.ldelim();
  }
  writer.uint32(tag(4, BYTES)).fork();
  writer.uint32(tag(1, VARINT)).int32(PRODUCER).uint32(tag(2, VARINT)).int32(OLDEST_READER).ldelim();
}

function writeNode(writer: Writer, node: GraphNode): void {
  writer.uint32(tag(1, BYTES)).string(node.name).uint32(tag(2, BYTES)).string(node.op);
  for (const { node: source, index } of node.inputs) {
    writer.uint32(tag(3, BYTES)).string(index === 0 ? source.name : `${source.name}:${index}`);
  }
  for (const control of node.controls) writer.uint32(tag(3, BYTES)).string(`^${control.name}`);
  if (node.device) writer.uint32(tag(4, BYTES)).string(node.device);
  writeAttributes(writer, node.attributes);
}

function writeAttributes(writer: Writer, attributes: Attributes): void {
  for (const name in attributes) {
    writer.uint32(tag(5, BYTES)).fork().uint32(tag(1, BYTES)).string(name).uint32(tag(2, BYTES)).fork();
    writeAttribute(writer, attributes[name]!);
    writer.ldelim().ldelim();
  }
}

/** The fields of AttrValue; in lists, those of AttrValue.ListValue have the same numbers. */
function writeAttribute(writer: Writer, attribute: Attribute): void {
  switch (attribute.kind) {
    case 'text':
      writer.uint32(tag(2, BYTES)).string(attribute.value);
      break;
    case 'int':
      writer.uint32(tag(3, VARINT)).int64(attribute.value);
      break;
    case 'float':
      writer.uint32(tag(4, FIXED32)).float(attribute.value);
      break;
    case 'bool':
      writer.uint32(tag(5, VARINT)).bool(attribute.value);
      break;
    case 'type':
      writer.uint32(tag(6, VARINT)).int32(DATA_TYPE_CODES[attribute.value]);
      break;
    case 'shape':
      writeShape(writer, 7, attribute.value);
      break;
    case 'tensor':
      writeTensor(writer, attribute.dtype, attribute.shape, attribute.content);
      break;
    default:
      writer.uint32(tag(1, BYTES)).fork();
      writeList(writer, attribute);
      writer.ldelim();
  }
}

function writeList(writer: Writer, list: Extract<Attribute, { kind: 'ints' | 'types' | 'texts' | 'shapes' }>): void {
  if (list.kind === 'ints') for (const value of list.value) writer.uint32(tag(3, VARINT)).int64(value);
  else if (list.kind === 'types')
    for (const type of list.value) writer.uint32(tag(6, VARINT)).int32(DATA_TYPE_CODES[type]);
  else if (list.kind === 'texts') for (const text of list.value) writer.uint32(tag(2, BYTES)).string(text);
  else for (const shape of list.value) writeShape(writer, 7, shape);
}

/** TensorShapeProto. A size of 0 is written out: left out it would mean 0 too, but tools print it as missing. */
function writeShape(writer: Writer, field: number, shape: Shape): void {
  writer.uint32(tag(field, BYTES)).fork();
  for (const size of shape) writer.uint32(tag(2, BYTES)).fork().uint32(tag(1, VARINT)).int64(size).ldelim();
  writer.ldelim();
}

/** TensorProto: raw contents, or strings one by one. */
function writeTensor(writer: Writer, dtype: DataType, shape: Shape, content: Uint8Array | readonly Uint8Array[]): void {
  writer.uint32(tag(8, BYTES)).fork().uint32(tag(1, VARINT)).int32(DATA_TYPE_CODES[dtype]);
  writeShape(writer, 2, shape);
  if (content instanceof Uint8Array) writer.uint32(tag(4, BYTES)).bytes(content);
  else for (const element of content) writer.uint32(tag(8, BYTES)).bytes(element);
  writer.ldelim();
}
