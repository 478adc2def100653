import type { DefineCommand } from '../commands.ts';
export const defineSearch: DefineCommand = (command) => {
  command.action(() => {
    throw new Error('not yet');
  });
};
