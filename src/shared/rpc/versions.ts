import { WorkbenchError } from '../workbench-error.ts';

/** Who is at a client's end: the page that a workbench serves, or a program such as the terminal's. */
export const CLIENT_KINDS = ['page', 'program'] as const;
export type ClientKind = (typeof CLIENT_KINDS)[number];

/** What an end counts as that says nothing of its version: it is from before there was one. */
export const NO_VERSION = 0;

/**
 * Why a client and a workbench can't talk, as `newer_version` with what to do; null where they speak the same contract.
 */
export function refuseOtherVersion(client: number, workbench: number, kind: ClientKind): WorkbenchError | null {
  if (client === workbench) return null;
  return new WorkbenchError('newer_version', SENTENCES[kind][client > workbench ? 'newer' : 'older']);
}

const SENTENCES: Readonly<Record<ClientKind, { readonly newer: string; readonly older: string }>> = {
  page: {
    newer: 'This page is newer than the workbench that serves it: restart the workbench.',
    older: 'This page is older than the workbench that serves it: reload the page.',
  },
  program: {
    newer:
      'This Cellwright is newer than the one that holds the project: end that one, which saves what it trains, and give ' +
      'the command again.',
    older:
      'This Cellwright is older than the one that holds the project: give the command with the newer one, or end that one ' +
      'first.',
  },
};
