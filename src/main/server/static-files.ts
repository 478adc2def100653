import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, posix, relative, sep } from 'node:path';
import { NO_STORE } from './page-headers.ts';

/** Types that the renderer's build contains; a file of another type is not served. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

interface StaticFile {
  readonly type: string;
  readonly path: string;
  /** Content encodings that were written beside the file at build time. */
  readonly encodings: readonly Encoding[];
}

const ENCODINGS = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const;
type Encoding = (typeof ENCODINGS)[number];

/**
 * Serves one folder. Requests are looked up in a list of it, so no name that a request invents can reach the file
 * system; the list is made anew when something is not there, since the page may be built again under a running server.
 * A path without a file type, or with a number in its place (`/experiments/1/trials/17.2`), is a screen of the page.
 */
export function createStaticFiles(root: string): (request: Request) => Response {
  let files = listFiles(root);
  return (request) => {
    const found = answer(request, files);
    if (found) return found;
    files = listFiles(root);
    return answer(request, files) ?? new Response('Not found', { status: 404, headers: { 'Cache-Control': NO_STORE } });
  };
}

/** Null where there is no such file, or none any more. */
function answer(request: Request, files: ReadonlyMap<string, StaticFile>): Response | null {
  const path = new URL(request.url).pathname;
  const isScreen = /^(\.\d+)?$/.test(extname(path));
  const file = files.get(isScreen ? '/index.html' : path);
  if (!file) return null;
  const encoding = acceptedEncoding(request, file);
  const contents = contentsOf(file.path + (encoding?.suffix ?? ''));
  if (contents === null) return null;
  const headers: Record<string, string> = {
    'Content-Type': file.type,
    // Names under /assets carry a hash of their contents.
    'Cache-Control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    Vary: 'Accept-Encoding',
  };
  if (encoding) headers['Content-Encoding'] = encoding.name;
  return new Response(request.method === 'HEAD' ? null : contents, { headers });
}

function contentsOf(file: string): Buffer<ArrayBuffer> | null {
  try {
    return readFileSync(file);
  } catch {
    // It went with a new build.
    return null;
  }
}

function listFiles(root: string): Map<string, StaticFile> {
  if (!existsSync(root)) return new Map();
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = new Set(entries.map((entry) => join(entry.parentPath, entry.name)));
  const files = new Map<string, StaticFile>();
  for (const path of paths) {
    const type = TYPES[extname(path)];
    if (!type) continue;
    const name = posix.join('/', relative(root, path).split(sep).join('/'));
    files.set(name, { type, path, encodings: ENCODINGS.filter(({ suffix }) => paths.has(path + suffix)) });
  }
  return files;
}

function acceptedEncoding(request: Request, file: StaticFile): Encoding | undefined {
  const accepted = (request.headers.get('accept-encoding') ?? '').split(',').map((part) => part.trim().split(';')[0]);
  return file.encodings.find(({ name }) => accepted.includes(name));
}
