import { defineConfig } from 'electron-vite';
import { mainBuildConfig, preloadBuildConfig } from './src/main/electron/program-build.ts';
import { pageBuildConfig } from './src/main/server/page-build.ts';

// `--mode program` leaves the page out: `npm start` and the tests build it where its own sources changed.
export default defineConfig(async ({ mode }) => ({
  main: mainBuildConfig(),
  preload: preloadBuildConfig(),
  ...(mode === 'program' ? {} : { renderer: await pageBuildConfig() }),
}));
