import type { DefineCommand } from '../commands.ts';
export const definePresets: DefineCommand = (command) => {
  command.action(() => {
    throw new Error('not yet');
  });
};
