import { WorkbenchError } from '../../../shared/workbench-error.ts';
import { BENCHES, type BenchEntry } from '../../bench/benches.ts';
import type { DefineCommand } from '../define-command.ts';
import { CommandEnd } from '../exit.ts';
import { drawTable } from '../table.ts';
import { closestWord, printable } from '../text.ts';

export const defineBench: DefineCommand = (command, terminal) => {
  command
    .argument('[name]', 'which bench; without it they are listed')
    .argument('[options...]', 'options of that bench')
    .allowUnknownOption()
    .addHelpText('after', `\nBenches:\n${BENCHES.map((bench) => `  ${bench.name}: ${bench.summary}`).join('\n')}`)
    .action(async (name: string | undefined, options: string[]) => {
      const { output } = terminal();
      if (name === undefined) {
        const listed = BENCHES.map(({ name, summary }) => ({ name, summary }));
        if (output.isJson) output.json(listed);
        else output.lines(benchLines(output.width));
        return;
      }
      const run = await findBench(name).load();
      const exitCode = await run({ json: output.isJson, options, home: terminal().home, output });
      if (exitCode !== 0) throw new CommandEnd(exitCode);
    });
};

function benchLines(width: number): string[] {
  return drawTable(
    [
      { head: 'bench', align: 'left', leaveOut: 0 },
      { head: 'measures', align: 'left', leaveOut: 0, shrinkTo: 20 },
    ],
    BENCHES.map((bench) => [{ text: bench.name }, { text: bench.summary }]),
    width,
    (text) => text,
  );
}

/** Throws a `WorkbenchError` with `invalid_input` for a name that no bench has. */
function findBench(name: string): BenchEntry {
  const bench = BENCHES.find((candidate) => candidate.name === name);
  if (bench) return bench;
  const known = BENCHES.map((candidate) => candidate.name);
  const meant = closestWord(name, known);
  const hint = meant ? `Did you mean ${meant}?` : `There are ${known.join(', ')}.`;
  throw new WorkbenchError('invalid_input', `There is no bench ${printable(name)}. ${hint}`);
}
