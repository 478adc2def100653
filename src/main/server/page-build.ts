import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { takeLock } from '../fetch/lock.ts';
import { compressAssets } from './compress-assets.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SOURCES = ['src/renderer', 'src/shared', 'resources/cells', 'package-lock.json'];

/** Where the renderer's build lies. */
export const PAGE_FOLDER = join(ROOT, 'out', 'renderer');
/** Names the sources that the build was made from. */
const STAMP = join(PAGE_FOLDER, '.sources');

/** Vite's settings for the page, the same for the window and for the served mode. */
export async function pageBuildConfig() {
  const { default: react } = await import('@vitejs/plugin-react');
  return {
    root: join(ROOT, 'src', 'renderer'),
    base: '/',
    plugins: [react(), compressAssets()],
    build: {
      outDir: PAGE_FOLDER,
      emptyOutDir: true,
      // electron-vite would leave it out.
      minify: true,
      // Inlined fonts and pictures would be `data:` addresses, which the page's policy refuses.
      assetsInlineLimit: 0,
      rollupOptions: { input: join(ROOT, 'src', 'renderer', 'index.html') },
    },
  };
}

/** Builds the page when its sources changed since the last build. Takes some seconds then, milliseconds otherwise. */
export async function buildPage(tell: (sentence: string) => void): Promise<string> {
  if (isBuilt()) return PAGE_FOLDER;
  const release = await takeLock(join(ROOT, 'out', 'renderer.lock'), (pid) =>
    tell(`Waiting for process ${pid}, which builds the page.`),
  );
  try {
    if (isBuilt()) return PAGE_FOLDER;
    tell('Building the page.');
    // Before the build, so that a source that changes meanwhile is built again.
    const sources = hashSources();
    const { build } = await import('vite');
    await build({ ...(await pageBuildConfig()), configFile: false, logLevel: 'warn' });
    writeFileSync(STAMP, sources);
  } finally {
    release();
  }
  return PAGE_FOLDER;
}

function isBuilt(): boolean {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hashSources();
}

/** Names, sizes and times of the sources: quicker than their contents, and enough to see that they changed. */
export function hashSources(sources: readonly string[] = SOURCES): string {
  const hash = createHash('sha256');
  for (const source of sources) {
    const path = join(ROOT, source);
    const files = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
          .sort()
      : [path];
    for (const file of files) {
      const { size, mtimeMs } = statSync(file);
      hash.update(`${file}\0${size}\0${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}
