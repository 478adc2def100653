import { fileURLToPath } from 'node:url';
import { type TrainerEvent, trainerEventSchema } from '../../shared/records/run.ts';
import type { HostProgram } from './host.ts';

/** The module that trains and evaluates; a host imports it, this process does not. */
export const TRAINING_MODULE = new URL('../training/carry-out-run.ts', import.meta.url).href;

/** A trainer; `trainingModule` is the real one unless a test brings its own. */
export function trainerProgram(trainingModule: string = TRAINING_MODULE): HostProgram<TrainerEvent> {
  return {
    name: 'Cellwright trainer',
    entry: fileURLToPath(new URL('./trainer-process.ts', import.meta.url)),
    arguments: [trainingModule],
    parse: (message) => trainerEventSchema.safeParse(message).data ?? null,
  };
}
