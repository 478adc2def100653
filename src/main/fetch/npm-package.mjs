// @ts-check
// Plain JavaScript for the Node that the machine already has (20 or newer), without any package.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * A refused request, as src/shared/workbench-error.ts describes it; that file is TypeScript, which an old Node can't
 * read.
 * @param {'unavailable' | 'corrupt' | 'disk_full' | 'read_only' | 'cancelled' | 'invalid_input' | 'not_found'} code
 * @param {string} sentence
 * @param {unknown} [cause]
 */
export function refusal(code, sentence, cause) {
  const error = Object.assign(new Error(sentence, { cause }), { code });
  error.name = 'WorkbenchError';
  return error;
}

/**
 * How to start the user's own npm: under `npm run` the very same one, by the Node it came with.
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ command: string, prefix: string[], shell: boolean }}
 */
export function npmProgram(env) {
  const script = env.npm_execpath;
  if (script !== undefined && /npm-cli\.c?js$/.test(script)) {
    return { command: env.npm_node_execpath ?? process.execPath, prefix: [script], shell: false };
  }
  // On Windows npm is a command file, which only a shell starts.
  return { command: 'npm', prefix: [], shell: process.platform === 'win32' };
}

/**
 * Bytes in a folder and all below it; what vanishes meanwhile counts nothing.
 * @param {string} folder
 * @returns {Promise<number>}
 */
export async function folderBytes(folder) {
  let total = 0;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) total += await folderBytes(full);
    else
      total += await stat(full).then(
        (found) => found.size,
        () => 0,
      );
  }
  return total;
}

/**
 * Hash of a file's bytes.
 * @param {string} file
 * @param {'sha256' | 'sha512'} algorithm
 * @param {'hex' | 'base64'} encoding
 * @returns {Promise<string>}
 */
export async function hashFile(file, algorithm, encoding) {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest(encoding);
}

/**
 * Runs `npm pack` and answers with npm's own words when it fails.
 * @param {string[]} args
 * @param {{ cwd: string, signal: AbortSignal | undefined, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<{ ok: boolean, words: string }>}
 */
function npm(args, options) {
  const { command, prefix, shell } = npmProgram(options.env);
  return new Promise((resolve, reject) => {
    // Under `npm run --silent` npm would keep its reasons to itself.
    const child = spawn(command, [...prefix, ...args, '--loglevel=error'], {
      cwd: options.cwd,
      env: options.env,
      shell,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let words = '';
    child.stderr.on('data', (chunk) => {
      words = (words + chunk).slice(-20_000);
    });
    const stop = () => void child.kill('SIGTERM');
    options.signal?.addEventListener('abort', stop);
    child.on('error', reject);
    child.on('close', (code) => {
      options.signal?.removeEventListener('abort', stop);
      resolve({ ok: code === 0, words });
    });
  });
}

/**
 * The one line of npm's complaint that tells why.
 * @param {string} words
 */
export function npmReason(words) {
  const lines = words.split('\n').map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim());
  const code = lines.find((line) => line.startsWith('code '))?.slice(5);
  const reason = lines.find((line) => /^(network )?request to|^40[0-9] |^E[A-Z]+:|^Invalid|^No matching/.test(line));
  // A registry's address is the user's own matter: it stays out of messages that may be posted somewhere.
  const shown = (reason ?? '').replace(/https?:\/\/\S+/g, 'the registry').slice(0, 200);
  return [code, shown].filter((part) => part !== undefined && part !== '').join(', ') || 'no reason given';
}

/**
 * @typedef {object} NpmPackage
 * @property {string} name
 * @property {string} version
 * @property {string} integrity sha512, as npm writes it
 * @property {number} sizeBytes of the archive
 */

/**
 * Fetches an archive from the user's own registry, through the user's own npm settings, and checks it against our
 * hash. The file is complete when it appears under `target`. An abort stops npm and rejects with its reason.
 * @param {NpmPackage} wanted
 * @param {string} target
 * @param {{ scratch: string, progress?: (doneBytes: number) => void, signal?: AbortSignal, env?: NodeJS.ProcessEnv }} options
 *   `scratch`: an existing folder on the same disk as the target, for this call alone
 */
export async function fetchArchive(wanted, target, options) {
  const { scratch, progress, signal } = options;
  signal?.throwIfAborted();
  const spec = `${wanted.name}@${wanted.version}`;
  const timer = setInterval(() => void folderBytes(scratch).then((bytes) => progress?.(bytes)), 250);
  try {
    // A cache of its own, deleted afterwards: nothing large stays outside the ignored folder.
    const args = [
      'pack',
      spec,
      '--ignore-scripts',
      '--pack-destination',
      scratch,
      '--cache',
      path.join(scratch, 'cache'),
    ];
    const done = await npm(args, { cwd: scratch, signal, env: options.env ?? process.env });
    if (!done.ok) {
      // npm that was stopped complains of something else.
      signal?.throwIfAborted();
      const hint = 'Check the network and `npm config get registry`, then run the same command again';
      throw refusal('unavailable', `npm could not fetch ${spec} (${npmReason(done.words)}). ${hint}.`);
    }
  } finally {
    clearInterval(timer);
  }
  const name = (await readdir(scratch)).find((entry) => entry.endsWith('.tgz'));
  if (name === undefined) throw refusal('unavailable', `npm fetched ${spec} but left no archive.`);
  const archive = path.join(scratch, name);
  const found = `sha512-${await hashFile(archive, 'sha512', 'base64')}`;
  if (found !== wanted.integrity) {
    throw refusal(
      'corrupt',
      `The archive of ${spec} is not the one that was pinned (sha512 differs): it was not used.`,
    );
  }
  await mkdir(path.dirname(target), { recursive: true });
  await rename(archive, target);
  await rm(path.join(scratch, 'cache'), { recursive: true, force: true });
}
