import path from 'node:path';
import { parseAst } from 'vite';

export interface Import {
  /** A file, from the project's folder on, or the name of a package. */
  readonly to: string;
  readonly isPackage: boolean;
}

export interface FileFacts {
  readonly imports: readonly Import[];
  /** Names of members that are private by a `#`. */
  readonly hashMembers: readonly string[];
}

interface SyntaxNode {
  readonly type: string;
  readonly [key: string]: unknown;
}

const LANGUAGES: Readonly<Record<string, 'js' | 'ts' | 'tsx'>> = { '.ts': 'ts', '.tsx': 'tsx' };

/**
 * What a file of the sources needs: what it imports, now or later, for values or for types alone, and the files that it
 * addresses by `new URL('…', import.meta.url)` to run or read them. Node's own modules are left out.
 */
export function readFile(file: string, text: string): FileFacts {
  const known = read.get(file);
  if (known?.text === text) return known.facts;
  const facts = parse(file, text);
  read.set(file, { text, facts });
  return facts;
}

/** Files are read once, however often the house is looked at. */
const read = new Map<string, { readonly text: string; readonly facts: FileFacts }>();

function parse(file: string, text: string): FileFacts {
  const specifiers: string[] = [];
  const hashMembers = new Set<string>();
  if (file.endsWith('.css')) {
    for (const [, found] of text.matchAll(/(?:@import|\bfrom)\s+(?:url\()?['"](\.[^'"]+)['"]/g))
      specifiers.push(found!);
  } else {
    const program = parseAst(text, { lang: LANGUAGES[path.extname(file)] ?? 'js' }, file);
    visit(program, (node) => {
      const specifier = specifierOf(node);
      if (specifier !== undefined) specifiers.push(specifier);
      if (node.type === 'PrivateIdentifier') hashMembers.add(`#${node.name}`);
    });
    // Plain JavaScript names its types in comments.
    const inComments = file.endsWith('.mjs') ? text.matchAll(/\{[^}\n]*\bimport\('(\.[^']+)'\)/g) : [];
    for (const [, found] of inComments) specifiers.push(found!);
  }
  const imports = specifiers.filter((specifier) => !specifier.startsWith('node:')).map((each) => resolve(file, each));
  return { imports, hashMembers: [...hashMembers] };
}

function visit(value: unknown, see: (node: SyntaxNode) => void): void {
  if (Array.isArray(value)) for (const each of value) visit(each, see);
  else if (typeof value === 'object' && value !== null) {
    if ('type' in value && typeof value.type === 'string') see(value as SyntaxNode);
    for (const each of Object.values(value)) visit(each, see);
  }
}

function specifierOf(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return literal(node.source);
    case 'NewExpression':
      return addressedFile(node);
    default:
      return undefined;
  }
}

/** `new URL('./x.ts', import.meta.url)`; a folder is no file. */
function addressedFile(node: SyntaxNode): string | undefined {
  const [address, base] = node.arguments as readonly [SyntaxNode?, SyntaxNode?];
  if ((node.callee as SyntaxNode).name !== 'URL' || base?.type !== 'MemberExpression') return undefined;
  const found = literal(address);
  if (found === undefined || !/\.\w+$/.test(found)) return undefined;
  return found.startsWith('.') ? found : `./${found}`;
}

function literal(node: unknown): string | undefined {
  const value = (node as { value?: unknown } | null | undefined)?.value;
  return typeof value === 'string' ? value : undefined;
}

function resolve(file: string, specifier: string): Import {
  if (specifier.startsWith('.')) {
    // Vite's `?raw` says how a file is read, not which.
    const to = path.posix.join(path.posix.dirname(file), specifier.replace(/\?.*$/, ''));
    return { to, isPackage: false };
  }
  const parts = specifier.split('/');
  return { to: parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/'), isPackage: true };
}
