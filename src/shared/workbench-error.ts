/** Why a request was refused; the same closed list travels to every client. */
export const WORKBENCH_ERROR_CODES = [
  /** A value from outside does not fit; the sentence names it. */
  'invalid_input',
  'not_found',
  /** What is asked for is in use, or exists already with other contents. */
  'conflict',
  /** A stored thing is damaged: wrong size, wrong hash, not readable. */
  'corrupt',
  /** A stored thing was written by a newer Cellwright, or the ends of a connection are of different versions. */
  'newer_version',
  'read_only',
  'disk_full',
  /** Something outside Cellwright is missing or does not answer: network, compiler, driver. */
  'unavailable',
  'cancelled',
  /** A bug. */
  'internal',
] as const;
export type WorkbenchErrorCode = (typeof WORKBENCH_ERROR_CODES)[number];

/** A refused request. The message is one sentence for people: it names the bad value and the remedy. */
export class WorkbenchError extends Error {
  readonly code: WorkbenchErrorCode;

  constructor(code: WorkbenchErrorCode, sentence: string, options?: { cause?: unknown }) {
    super(sentence, options);
    this.name = 'WorkbenchError';
    this.code = code;
  }
}
