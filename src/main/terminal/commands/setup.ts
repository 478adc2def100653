import type { DefineCommand } from '../commands.ts';

export const defineSetup: DefineCommand = (command, terminal) => {
  // run.mjs, which starts every command, has set everything up by now; what is left is to say so.
  command.action(() => {
    const { output, home } = terminal();
    if (output.isJson) output.json({ ready: true, folder: home });
    else output.line('Everything is set up.');
  });
};
