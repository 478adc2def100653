import { fileURLToPath } from 'node:url';
import { defineConfig } from 'electron-vite';
import { pageBuildConfig } from './src/main/server/page-build.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  preload: {
    build: {
      outDir: 'out/preload',
      // A sandboxed preload can only be CommonJS.
      rollupOptions: { input: { preload: at('src/main/electron/preload.ts') }, output: { format: 'cjs' } },
    },
  },
  renderer: await pageBuildConfig(),
});
