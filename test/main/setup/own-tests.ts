import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { PROJECT_ROOT } from '../../../src/main/setup/runtime.mjs';
import { RUN, runToEnd } from './setting.ts';

/** What the runner looks for in a folder of ours. */
const CONFIG = `export default { test: { include: ['*.test.ts'], exclude: [], passWithNoTests: true } };`;

/** Runs tests of our own making through the very command that `npm test` is. */
export async function runOwnTests(files: Readonly<Record<string, string>>, env = process.env) {
  // Inside of the project, so that the tests find vitest.
  const parent = path.join(PROJECT_ROOT, 'node_modules', '.cellwright-test', String(process.pid));
  const folder = path.join(parent, String(Math.random()));
  mkdirSync(folder, { recursive: true });
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const config = path.join(folder, 'vitest.config.mjs');
  writeFileSync(config, CONFIG);
  for (const [name, source] of Object.entries(files)) {
    writeFileSync(path.join(folder, name), `import { expect, it } from 'vitest';\n${source}`);
  }
  const ended = await runToEnd(process.execPath, [RUN, 'test', '--root', folder, '--config', config], { env });
  return { code: ended.code, last: ended.stdout.trimEnd().split('\n').at(-1), ended };
}
