import type { Connection } from '../../shared/rpc/connection.ts';

/** Where the page lives: the only room that knows Electron from a browser. */
export interface Host {
  readonly kind: 'browser' | 'electron';
  /** Rejects with `NotAuthorisedError` when this page may not speak with the workbench, else with why there is none. */
  open(): Promise<Connection>;
  /** The window's menu asks for something, such as `toggle-theme`; a browser has no such menu. */
  onCommand(listener: (command: string) => void): () => void;
  /** Lets a person choose another project's folder, which the page never learns; only a window can. */
  openProject?(): void;
}

/** The workbench runs, but this browser has no cookie of it. */
export class NotAuthorisedError extends Error {}
