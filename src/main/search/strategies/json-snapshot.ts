import type { z } from 'zod';
import { WorkbenchError } from '../../../shared/workbench-error.ts';

/** A small strategy's state as JSON. Numbers come back as they were: JSON writes the shortest text that reads as the same double. */
export function writeJsonSnapshot(state: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(state));
}

/** @throws WorkbenchError `corrupt` when the bytes are not a state of this schema. */
export function readJsonSnapshot<Schema extends z.ZodType>(bytes: Uint8Array, schema: Schema): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch (cause) {
    throw new WorkbenchError(
      'corrupt',
      'This strategy snapshot is damaged or of another strategy; restore an earlier snapshot of the experiment.',
      { cause },
    );
  }
}

/** @throws WorkbenchError `conflict` when a snapshot was made with another seed. */
export function refuseOtherSeed(found: number, own: number): void {
  if (found === own) return;
  throw new WorkbenchError(
    'conflict',
    `This strategy snapshot belongs to a search with seed ${found}, not ${own}; restore the snapshot of this experiment.`,
  );
}
