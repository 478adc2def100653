// @ts-check
// The one entry behind every npm script, in plain JavaScript for the Node that the machine already has (20 or newer):
//   run.mjs ENTRY.ts [args]   makes sure of the right Node, sets up, then runs the entry with it
//   run.mjs test [args]       sets up, with a browser, then runs the tests; the last line is "N passed, N failed"
// Whatever set-up says goes to standard error, so that the output of a command stays its own.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const LEAST_NODE = 20;
/**
 * For programs that run for days and mostly pass answers on: V8 lets the space of young objects grow to 48 MB in each
 * thread and does not give it back. With 12 MB answers are as quick (ours, measured with `bench workbench`).
 */
const NODE_FLAGS = ['--max-semi-space-size=4'];
const major = Number(process.versions.node.split('.')[0]);
if (major < LEAST_NODE) {
  process.stderr.write(`Cellwright needs Node ${LEAST_NODE} or newer with npm; this is ${process.version}.\n`);
  process.exit(1);
}

const { createProgress } = await import('../fetch/progress.mjs');
const { ensureNode, homeFolder, PROJECT_ROOT } = await import('./runtime.mjs');

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
const interrupted = new AbortController();
/** @type {NodeJS.Signals[]} */
const passedOn = process.platform === 'win32' ? ['SIGINT', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];
for (const signal of passedOn) {
  process.on(signal, () => {
    if (running.size === 0) {
      interrupted.abort();
      process.exit(exitCode(null, signal));
    }
    // A terminal has sent Ctrl-C to the child as well; once more would count as the second, impatient one.
    if (signal === 'SIGINT' && (process.stdin.isTTY || process.stderr.isTTY)) return;
    for (const child of running) child.kill(signal);
  });
}

/**
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 */
function exitCode(code, signal) {
  return code ?? 128 + (signal === null ? 0 : (os.constants.signals[signal] ?? 0));
}

/**
 * Runs a program with our own input and output; answers with the code to exit with.
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
function run(command, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env });
    running.add(child);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      running.delete(child);
      resolve(exitCode(code, signal));
    });
  });
}

/**
 * What a command needs before it can run: all of set-up, only the packages, or nothing.
 * @param {string[]} args
 * @returns {'all' | 'packages' | 'nothing'}
 */
function neededSetup(args) {
  const [command] = args;
  const asksForHelp = args.some((arg) => arg === '--help' || arg === '-h' || arg === '--version' || arg === '-V');
  if (command === 'doctor' && !asksForHelp) return 'nothing';
  return command === undefined || command === 'help' || asksForHelp ? 'packages' : 'all';
}

/**
 * Whether what is run drives a browser, which set-up then brings.
 * @param {boolean} isTest
 * @param {string[]} args
 */
function needsBrowser(isTest, args) {
  if (isTest) return process.env.CELLWRIGHT_NO_BROWSER !== '1';
  const [command] = args;
  if (command === 'setup') return args.includes('--browser');
  return command === 'screenshots' || (command === 'bench' && args.includes('workbench'));
}

/**
 * @param {string} node
 * @param {string[]} args of vitest
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
async function runTests(node, args, env) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cellwright-test-'));
  const file = path.join(folder, 'result.json');
  try {
    const vitest = path.join(PROJECT_ROOT, 'node_modules', 'vitest', 'vitest.mjs');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const code = await run(node, [vitest, 'run', ...reporters, ...args], env);
    const { countTests } = await import('./test-counts.mjs');
    const counts = countTests(existsSync(file) ? readFileSync(file, 'utf8') : null, code);
    for (const line of counts.lines) process.stdout.write(`${line}\n`);
    return counts.ok ? 0 : code || 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns {Promise<number>} */
async function main() {
  const [entry, ...args] = process.argv.slice(2);
  if (entry === undefined) throw new Error('Usage: run.mjs ENTRY.ts|test [arguments]');
  const home = homeFolder();
  const progress = createProgress(process.stderr);
  const node = await ensureNode(home, { progress, signal: interrupted.signal });
  // Absolute, since a command may work in another folder.
  const env = { ...process.env, CELLWRIGHT_HOME: home };
  const isTest = entry === 'test';
  const needed = isTest ? 'all' : neededSetup(args);
  const setup = path.join(PROJECT_ROOT, 'src/main/setup/setup.ts');
  if (needed !== 'nothing') {
    const only = needed === 'packages' ? ['--only', 'packages'] : [];
    const browser = needed === 'all' && needsBrowser(isTest, args) ? ['--browser'] : [];
    const code = await run(node, [setup, ...only, ...browser], env);
    if (code !== 0 || (args.length === 1 && args[0] === 'setup' && !isTest)) return code;
  }
  if (isTest) return runTests(node, args, env);
  if (needed === 'nothing' && !existsSync(path.join(PROJECT_ROOT, 'node_modules', '.package-lock.json'))) {
    // The doctor is wanted most where the packages of the terminal program are not there yet.
    return run(node, [path.join(PROJECT_ROOT, 'src/main/setup/doctor-command.ts'), ...args.slice(1)], env);
  }
  return run(node, [...NODE_FLAGS, path.resolve(entry), ...args], env);
}

try {
  process.exitCode = await main();
} catch (error) {
  const { explain } = await import('../fetch/explain.mjs');
  const told = explain(error);
  process.stderr.write(`${told.name === 'WorkbenchError' ? told.message : told.stack}\n`);
  process.exitCode = 1;
}
