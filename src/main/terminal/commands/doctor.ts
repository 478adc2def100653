import type { DefineCommand } from '../commands.ts';
export const defineDoctor: DefineCommand = (command) => {
  command.action(() => {
    throw new Error('not yet');
  });
};
