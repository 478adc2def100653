import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { LINK_SCHEME, pageOfLink } from './deep-link.ts';

/** What a start of the program asks for; a second start hands it to the first. */
export const startArgumentsSchema = z.strictObject({
  /** Absolute. */
  project: z.string().refine(isAbsolute).nullable(),
  /** Address of a screen, from a link. */
  page: z.string().startsWith('/experiments/').nullable(),
  trainers: z.enum(['process', 'utility', 'thread']),
});
export type StartArguments = z.infer<typeof startArgumentsSchema>;

/** `--project=FOLDER`, `--trainers=process|utility|thread` and a link; whatever else stands there is Chromium's. */
export function parseStartArguments(list: readonly string[], currentFolder: string): StartArguments {
  const value = (name: string): string | undefined =>
    list.findLast((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
  const project = value('project');
  const link = list.find((argument) => argument.startsWith(`${LINK_SCHEME}:`));
  const trainers = startArgumentsSchema.shape.trainers.safeParse(value('trainers'));
  return {
    project: project ? resolve(currentFolder, project) : null,
    page: link === undefined ? null : pageOfLink(link),
    trainers: trainers.success ? trainers.data : 'process',
  };
}
