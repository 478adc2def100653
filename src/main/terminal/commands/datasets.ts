import type { DefineCommand } from '../commands.ts';
export const defineDatasets: DefineCommand = (command) => {
  command.action(() => {
    throw new Error('not yet');
  });
};
