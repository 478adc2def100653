import type { Progress } from '../fetch/progress.mjs';
import type { ToolName } from './tools.ts';

export interface SetupContext {
  /** The folder with package.json, absolute. */
  readonly root: string;
  /** The ignored folder for everything that is downloaded or built, absolute. */
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** One part of set-up. It may be interrupted anywhere and run again; what marks it as done is written last. */
export interface SetupStep {
  readonly name: 'packages' | 'tensorflow' | 'binding' | 'cifar10' | 'browser';
  /** True when there is nothing to do; looks at stamps and sizes only, so that it takes milliseconds. */
  isDone(context: SetupContext): boolean | Promise<boolean>;
  /** The programs it runs. */
  tools(context: SetupContext): readonly ToolName[];
  /** Disk space that it takes while it works, and the folder that takes it. */
  space(context: SetupContext): { readonly folder: string; readonly bytes: number };
  run(context: SetupContext): Promise<void>;
}
