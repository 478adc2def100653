import { BENCHES, findBench } from '../../bench/bench.ts';
import type { DefineCommand } from '../commands.ts';
import { CommandEnd } from '../exit.ts';
import { drawTable } from '../table.ts';

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
