import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { takeLock } from '../fetch/lock.ts';
import { hashSources } from '../server/page-build.ts';

// How the desktop app is built; electron.vite.config.ts hands this to electron-vite, and no program imports it.

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const OUT = join(ROOT, 'out', 'main');

/** Packages with native parts stay what they are; all others become part of the bundle. */
const NATIVE_PACKAGES = ['better-sqlite3', 'sharp', '@tensorflow/tfjs-node-gpu'];

/** `new URL('./x.ts', import.meta.url)`: a file that runs in a thread or a process of its own, or is read by one. */
const OWN_FILE = /new URL\((['"])([\w./-]+\.(?:ts|py|h))\1, import\.meta\.url\)/g;

/** Set-up's own files are compiled, or run before there are packages: as they lie in the sources. */
const AS_THEY_ARE = join(ROOT, 'src', 'main', 'setup');

/**
 * Finds the programs that main starts beside itself and makes an entry of each, under its own name. A plain Node starts
 * them and can't look into a package's archive, so they are addressed beside it, where electron-builder unpacks them.
 */
function ownPrograms(): Plugin {
  return {
    name: 'cellwright:own-programs',
    transform(code, id) {
      if (!code.includes('import.meta.url')) return null;
      const changed = code.replace(OWN_FILE, (_found, _quote, path: string) => {
        const file = resolve(dirname(id), path);
        if (file.startsWith(AS_THEY_ARE)) return addressOf(relative(OUT, file).split(sep).join('/'));
        const name = `${basename(path, '.ts')}.js`;
        this.emitFile({ type: 'chunk', id: file, fileName: name });
        return addressOf(`./${name}`);
      });
      return changed === code ? null : { code: changed, map: null };
    },
  };
}

function addressOf(path: string): string {
  return `new URL('${path}', import.meta.url.replace('/app.asar/', '/app.asar.unpacked/'))`;
}

/** Electron's main process. Every file lies in one folder, so that an address means the same from each of them. */
export function mainBuildConfig() {
  return {
    plugins: [ownPrograms()],
    build: {
      outDir: OUT,
      emptyOutDir: true,
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: join(ROOT, 'src', 'main', 'index.ts') },
        // Set-up loads what needs a package late, so that it runs before there are any; here nothing is gained by that.
        checks: { ineffectiveDynamicImport: false },
        external: NATIVE_PACKAGES.flatMap((name) => [name, new RegExp(`^${name}/`)]),
        output: { format: 'es' as const, entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  };
}

/** The page's only door to Electron: one file, and CommonJS, since a sandboxed preload script can be nothing else. */
export function preloadBuildConfig() {
  return {
    build: {
      outDir: join(ROOT, 'out', 'preload'),
      emptyOutDir: true,
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: join(ROOT, 'src', 'main', 'electron', 'preload.ts') },
        output: { format: 'cjs' as const, entryFileNames: '[name].cjs' },
      },
    },
  };
}

/** Names the sources that the build was made from. */
const STAMP = join(OUT, '.sources');
const SOURCES = ['src/main', 'src/shared', 'resources/cells', 'electron.vite.config.ts', 'package-lock.json'];

/** Builds main and preload when their sources changed since the last build; the page is page-build.ts's. */
export async function buildProgram(tell: (sentence: string) => void): Promise<void> {
  if (isBuilt()) return;
  const release = await takeLock(join(ROOT, 'out', 'program.lock'), (pid) =>
    tell(`Waiting for process ${pid}, which builds the window.`),
  );
  try {
    if (isBuilt()) return;
    tell('Building the window.');
    // Before the build, so that a source that changes meanwhile is built again.
    const sources = hashSources(SOURCES);
    const { build } = await import('electron-vite');
    await build({
      root: ROOT,
      configFile: join(ROOT, 'electron.vite.config.ts'),
      mode: 'program',
      logLevel: 'warn',
      ignoreConfigWarning: true,
    });
    writeFileSync(STAMP, sources);
  } finally {
    release();
  }
}

function isBuilt(): boolean {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hashSources(SOURCES);
}
