// `setup.ts [--only STEP,…] [--browser]`: set-up as a program, before any package is there. Says what it does on standard error.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { runSetup, SETUP_STEPS } from './run-setup.ts';
import { homeFolder, PROJECT_ROOT } from './runtime.mjs';
import type { SetupStep } from './step.ts';

function parseOnly(args: readonly string[]): SetupStep['name'][] {
  const names = args[0] === '--only' ? (args[1] ?? '').split(',') : [];
  return names.map((name) => {
    const step = SETUP_STEPS.find((candidate) => candidate.name === name);
    if (step !== undefined) return step.name;
    const known = SETUP_STEPS.map((candidate) => candidate.name).join(', ');
    throw new WorkbenchError('invalid_input', `Set-up has no step "${name}"; its steps are ${known}.`);
  });
}

/** For a packaged app, which brings neither Node nor TensorFlow: where they are (main/electron/trainers.ts reads it). */
function recordTrainers(home: string): void {
  mkdirSync(home, { recursive: true });
  writeFileSync(path.join(home, 'trainers.json'), JSON.stringify({ node: process.execPath, root: PROJECT_ROOT }));
}

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());

try {
  const args = process.argv.slice(2);
  const only = parseOnly(args);
  const options = { ...(only.length > 0 ? { only } : {}), browser: args.includes('--browser') };
  await runSetup({ home: homeFolder(), signal: interrupted.signal, ...options });
  if (only.length === 0) recordTrainers(homeFolder());
} catch (error) {
  const isExpected = error instanceof WorkbenchError;
  process.stderr.write(`${isExpected ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
  process.exitCode = isExpected && error.code === 'cancelled' ? 130 : 1;
}
