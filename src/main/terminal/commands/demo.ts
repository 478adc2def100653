import type { DefineCommand } from '../commands.ts';
export const defineDemo: DefineCommand = (command) => {
  command.action(() => {
    throw new Error('not yet');
  });
};
