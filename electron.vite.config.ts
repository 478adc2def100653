import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { compressAssets } from './src/main/server/compress-assets.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      rollupOptions: {
        input: {
          index: at('src/main/index.ts'),
          'training-host': at('src/main/trials/host-process.ts'),
        },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      // A sandboxed preload can only be CommonJS.
      rollupOptions: { input: { preload: at('src/main/electron/preload.ts') }, output: { format: 'cjs' } },
    },
  },
  renderer: {
    root: at('src/renderer'),
    plugins: [react(), compressAssets()],
    build: { outDir: at('out/renderer'), rollupOptions: { input: at('src/renderer/index.html') } },
  },
});
