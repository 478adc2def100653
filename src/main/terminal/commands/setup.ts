import type { DefineCommand } from '../define-command.ts';

export const defineSetup: DefineCommand = (command, terminal) => {
  // run.mjs, which starts every command, has set everything up by now; what is left is to say so.
  command.option('--browser', 'a browser too, as `npm test`, `screenshots` and `bench workbench` bring it');
  command.action(() => {
    const { output, home } = terminal();
    if (output.isJson) output.json({ ready: true, folder: home });
    else output.line('Everything is set up.');
  });
};
