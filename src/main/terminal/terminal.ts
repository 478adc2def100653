import { relative, resolve } from 'node:path';
import type { WorkbenchClient } from '../../shared/rpc/client.ts';
import type { WorkbenchOptions } from '../workbench/workbench.ts';
import type { Output } from './output.ts';

/** Below the folder of everything that Cellwright makes (`.cellwright`, or CELLWRIGHT_HOME). */
export const PROJECTS_FOLDER = 'projects';
export const DEFAULT_PROJECT = `${PROJECTS_FOLDER}/default`;

/** A workbench opened on one project, and the client that talks to it. */
export interface OpenProject {
  readonly client: WorkbenchClient;
  /** As short as it can be typed from where the person stands. */
  readonly shownFolder: string;
}

/** Loads what trains trials; only commands that open a project need it. */
export type LoadQueue = () => Promise<WorkbenchOptions['openQueue']>;

/** What every command is given. */
export class Terminal {
  readonly output: Output;
  /** Folder of everything that Cellwright makes. */
  readonly home: string;
  /** Where the person stands: what relative paths are relative to. */
  readonly startFolder: string;

  readonly loadQueue: LoadQueue;

  constructor(output: Output, places: { home: string; startFolder: string; loadQueue: LoadQueue }) {
    this.output = output;
    this.home = places.home;
    this.startFolder = places.startFolder;
    this.loadQueue = places.loadQueue;
  }

  /** A path that the person typed, absolute. */
  path(typed: string): string {
    return resolve(this.startFolder, typed);
  }

  /** The folder of a project: as typed, or the default one. */
  projectFolder(typed: string | undefined): string {
    return typed === undefined ? resolve(this.home, DEFAULT_PROJECT) : this.path(typed);
  }

  /** A path as short as it can be typed. */
  shown(path: string): string {
    const fromHere = relative(this.startFolder, path);
    return fromHere !== '' && !fromHere.startsWith('..') ? fromHere : path;
  }
}

/**
 * The folder that relative paths start from. `npm run` moves to the package's folder first and leaves the folder it was
 * called in behind as INIT_CWD.
 */
export function startFolder(
  packageFolder: string,
  currentFolder: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const called = environment.INIT_CWD;
  return called && environment.npm_lifecycle_event && currentFolder === packageFolder ? called : currentFolder;
}
