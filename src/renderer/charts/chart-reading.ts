import type { WorkbenchError } from '../../shared/workbench-error.ts';
import type { Loaded } from '../state/use-workbench.ts';

/** Why a part of a chart is missing. */
export interface Failure {
  readonly error: WorkbenchError;
  readonly retry: () => void;
}

/** Of what a chart is made from: whether it is all there, so that an empty chart is known to be empty, and what failed. */
export function readingOf(parts: readonly Loaded<unknown>[]): {
  readonly isRead: boolean;
  readonly failures: readonly Failure[];
} {
  return {
    isRead: parts.every(({ kind }) => kind === 'ready'),
    failures: parts.filter((part) => part.kind === 'failed'),
  };
}
