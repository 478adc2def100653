import { readFileSync } from 'node:fs';
import { InvalidArgumentError, Option } from 'commander';
import { WorkbenchError } from '../../../shared/workbench-error.ts';
import { hearEndSignals } from '../../end-signals.ts';
import { startHeadless } from '../../headless.ts';
import { buildPage } from '../../server/page-build.ts';
import { PROJECT_ROOT } from '../../setup/runtime.mjs';
import type { DefineCommand } from '../define-command.ts';
import { exitOfSignal } from '../exit.ts';
import { projectOption } from '../options.ts';
import type { Terminal } from '../terminal.ts';
import { findElectron, hasDisplay, runWindow } from '../window.ts';

const LOOPBACK = '127.0.0.1';

interface StartOptions {
  readonly project?: string;
  readonly port?: number;
  readonly host: string;
  readonly allowedHost: string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly headless?: true;
}

export const defineStart: DefineCommand = (command, terminal) => {
  command
    .addOption(projectOption())
    .addOption(new Option('--headless', 'serve the page to a browser, even where a window could be opened'))
    .addOption(new Option('--port <number>', "port (default: the project's own, 7317 at first)").argParser(port))
    .addOption(new Option('--host <address>', 'address to listen on').default(LOOPBACK))
    .addOption(
      new Option('--allowed-host <host:port...>', 'further name of this server, such as of a tunnel').default([]),
    )
    .addOption(new Option('--tls-cert <file>', 'certificate, needed to listen on anything but this machine'))
    .addOption(new Option('--tls-key <file>', "the certificate's key"))
    .addHelpText(
      'after',
      '\nFrom a laptop to a GPU server: ssh -L 7317:127.0.0.1:7317 server, then open the printed link.',
    )
    .action(async (options: StartOptions) => await start(terminal(), options));
};

async function start(terminal: Terminal, options: StartOptions): Promise<void> {
  const { output, home } = terminal;
  if (wantsWindow(terminal, options) && (await startWindow(terminal, options))) return;
  const pageFolder = await buildPage((sentence) => output.note(sentence));
  const headless = await startHeadless({
    projectFolder: terminal.projectFolder(options.project),
    home,
    openQueue: await terminal.loadQueue(),
    pageFolder,
    host: options.host,
    port: options.port,
    tls: readTls(options),
    allowedHosts: options.allowedHost,
  });
  const link = headless.server.link();
  if (output.isJson) output.json({ address: headless.server.address, link });
  else {
    output.line(`Cellwright: ${link}`);
    output.note('The link is good once, for a minute; `cellwright link` makes a fresh one. Ctrl-C saves and stops.');
  }
  for (const experiment of headless.resumed) output.note(`Experiment ${experiment} was interrupted and goes on.`);
  await untilAsked();
  output.note('Saving what runs.');
  await headless.close();
}

/** Resolves when a signal asks for the end. Another wish (`hearEndSignals` knows which is) ends the process at once. */
async function untilAsked(): Promise<void> {
  await new Promise<void>((resolve) => {
    hearEndSignals({ first: () => resolve(), again: (signal) => process.exit(exitOfSignal(signal)) });
  });
}

/** Whoever says how the page is served wants it served; a program that reads JSON wants no window. */
function wantsWindow({ output }: Terminal, options: StartOptions): boolean {
  const { headless, port, host, allowedHost, tlsCert, tlsKey } = options;
  const isServed =
    port !== undefined || host !== LOOPBACK || allowedHost.length > 0 || (tlsCert ?? tlsKey) !== undefined;
  return !headless && !isServed && !output.isJson && hasDisplay(process.platform, process.env);
}

/** False where no window could be shown; the reason is told. */
async function startWindow(terminal: Terminal, { project }: StartOptions): Promise<boolean> {
  const { output, home } = terminal;
  const tell = (sentence: string): void => output.note(sentence);
  const electron = await findElectron({ root: PROJECT_ROOT, environment: process.env, tell });
  if (electron.program === null) {
    tell(`Electron could not be fetched (${electron.reason}); the page is served to a browser instead.`);
    return false;
  }
  const { buildProgram } = await import('../../electron/program-build.ts');
  await buildPage(tell);
  await buildProgram(tell);
  const folder = terminal.projectFolder(project);
  const isShown = await runWindow({
    electron: electron.program,
    root: PROJECT_ROOT,
    project: folder,
    home,
    environment: process.env,
  });
  if (!isShown) tell('Electron could not show a window; the page is served to a browser instead.');
  return isShown;
}

function readTls({ tlsCert, tlsKey }: StartOptions): { cert: string; key: string } | null {
  if (tlsCert === undefined && tlsKey === undefined) return null;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new WorkbenchError('invalid_input', 'A certificate and its key go together: give --tls-cert and --tls-key.');
  }
  return { cert: readText(tlsCert), key: readText(tlsKey) };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new WorkbenchError('invalid_input', `The file ${file} can't be read.`, { cause: error });
  }
}

function port(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) {
    throw new InvalidArgumentError('It must be a number from 1 to 65535.');
  }
  return number;
}
