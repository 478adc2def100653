import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAst } from 'vite';

const TENSOR = path.join(import.meta.dirname, '../../../src/main/tensor');

interface SyntaxNode {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** The names of TensorFlow's operations that the code of src/main/tensor can put into a graph. */
export function emittedOperations(): Set<string> {
  const files = readdirSync(TENSOR, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const programs = files.map((file) => parseAst(readFileSync(path.join(TENSOR, file), 'utf8'), { lang: 'ts' }, file));
  const nodes = programs.flatMap((program) => allNodes(program));
  const emitters = new Set(nodes.flatMap(emitterName));
  return new Set(nodes.flatMap((node) => emitted(node, emitters)));
}

function allNodes(value: unknown): SyntaxNode[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap(allNodes);
  return 'type' in value && typeof value.type === 'string' ? [value as SyntaxNode, ...below] : below;
}

/** A function emits operations when its first parameter is called `op`. */
function emitterName({ type, id, params }: SyntaxNode): string[] {
  const isEmitter = (params as readonly { name?: string }[] | undefined)?.[0]?.name === 'op';
  if (isEmitter && type === 'ArrowFunctionExpression') throw new Error('What emits operations is a function by name.');
  return isEmitter && type === 'FunctionDeclaration' ? [(id as { name: string }).name] : [];
}

/**
 * The operation of a call of an emitter, or of `node.op = '…'`. One that only hands on its own `op` emits nothing itself;
 * any other way of naming an operation would hide it from this list, so it is refused.
 */
function emitted(node: SyntaxNode, emitters: ReadonlySet<string>): string[] {
  if (node.type === 'AssignmentExpression' && nameOf(node.left) === 'op') return literal(node.right, 'node.op');
  if (node.type !== 'CallExpression') return [];
  const name = nameOf(node.callee);
  const isMember = (node.callee as SyntaxNode).type === 'MemberExpression';
  const given = node.arguments as readonly SyntaxNode[];
  // `Graph.add` takes four arguments or more, that of a set one, and the operation that adds two tensors two.
  if (name === undefined || (isMember ? name !== 'add' || given.length < 4 : !emitters.has(name))) return [];
  return given[0]?.type === 'Identifier' && given[0].name === 'op' ? [] : literal(given[0], name);
}

function nameOf(node: unknown): string | undefined {
  const { type, name, property } = node as SyntaxNode;
  return (type === 'MemberExpression' ? (property as SyntaxNode).name : name) as string | undefined;
}

function literal(node: unknown, where: string): string[] {
  const value = (node as { value?: unknown } | undefined)?.value;
  if (typeof value !== 'string') throw new Error(`${where} is called with an operation that is no literal.`);
  return [value];
}
