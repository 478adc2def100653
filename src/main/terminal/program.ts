import { Command, CommanderError } from 'commander';
import { COMMANDS } from './commands.ts';
import { CommandEnd, EXIT, explainError } from './exit.ts';
import { Output, type TextStream, wantsColor } from './output.ts';
import { type LoadQueue, startFolder, Terminal } from './terminal.ts';

export interface ProgramSurroundings {
  readonly out: TextStream;
  readonly err: TextStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly packageFolder: string;
  /** Folder of everything that Cellwright makes. */
  readonly home: string;
  readonly currentFolder: string;
  readonly loadQueue: LoadQueue;
}

/** How the program is called; used in help. */
const INVOCATION = 'npm run -s cellwright --';

/** Runs one command line (without `node` and the script) and returns the exit code. Never throws. */
export async function runProgram(argumentList: readonly string[], surroundings: ProgramSurroundings): Promise<number> {
  const { err } = surroundings;
  const program = buildProgram(surroundings);
  try {
    for (const entry of COMMANDS) {
      // Also those named elsewhere in the line, as in `help search`.
      const isNamed = argumentList.includes(entry.name);
      const command = program.command(entry.name).description(entry.summary);
      if (isNamed) (await entry.load())(command, () => makeTerminal(program, surroundings));
    }
    if (argumentList.length === 0) {
      err.write(program.helpInformation());
      return EXIT.usage;
    }
    await program.parseAsync([...argumentList], { from: 'user' });
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommandEnd) return error.exitCode;
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const { sentence, exitCode, isUnexpected } = explainError(error);
    err.write(`${sentence}\n`);
    if (isUnexpected) tellWhere(error, surroundings);
    return exitCode;
  }
}

function buildProgram(surroundings: ProgramSurroundings): Command {
  const program = new Command()
    .name(INVOCATION)
    .description('Cellwright searches for neural network cells (NASNet) and puts them to use.')
    .version(surroundings.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .option('--json', 'print the result as JSON')
    .option('--no-color', 'print without colours')
    .configureHelp({ showGlobalOptions: true, subcommandTerm: (command) => command.name() })
    .configureOutput({
      writeOut: (text) => surroundings.out.write(text),
      writeErr: (text) => surroundings.err.write(text),
      outputError: (text, write) => write(`${usageSentence(text)}\n`),
    })
    .exitOverride();
  return program;
}

/** Commander's own words as one sentence: "error: unknown option '--x'\n(Did you mean --y?)". */
function usageSentence(text: string): string {
  const [first = '', ...rest] = text
    .trim()
    .replace(/^error: /, '')
    .split('\n');
  const sentence = first.charAt(0).toUpperCase() + first.slice(1);
  const hint = rest.join(' ').replace(/^\((.*)\)$/, '$1');
  return `${/[.?]$/.test(sentence) ? sentence : `${sentence}.`}${hint ? ` ${hint}` : ''}`;
}

function makeTerminal(program: Command, surroundings: ProgramSurroundings): Terminal {
  const { json, color } = program.opts<{ json?: boolean; color: boolean }>();
  const { out, err, packageFolder, home, currentFolder, environment, loadQueue } = surroundings;
  const output = new Output({ out, err }, { json: json === true, color: wantsColor(environment, color) });
  const places = { home, startFolder: startFolder(packageFolder, currentFolder, environment), loadQueue };
  return new Terminal(output, places);
}

function tellWhere(error: unknown, surroundings: ProgramSurroundings): void {
  if (!surroundings.environment.CELLWRIGHT_DEBUG) {
    surroundings.err.write('This is a bug; CELLWRIGHT_DEBUG=1 before the command shows where it happened.\n');
    return;
  }
  surroundings.err.write(`${error instanceof Error ? error.stack : String(error)}\n`);
}
