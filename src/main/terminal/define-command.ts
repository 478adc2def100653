import type { Command } from 'commander';
import type { Terminal } from './terminal.ts';

/** Adds a command's arguments, options and action. */
export type DefineCommand = (command: Command, terminal: () => Terminal) => void;
