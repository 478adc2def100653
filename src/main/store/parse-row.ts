import { z } from 'zod';
import { WorkbenchError } from '../../shared/workbench-error.ts';

/**
 * A row of the database as what it must be. `row` names it for people, as in "experiment 1, trial 2". Throws `corrupt`
 * with a sentence that names table and row: what another program or a fault wrote must not pass for a result.
 */
export function parseRow<S extends z.ZodType>(schema: S, value: unknown, table: string, row: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const what = [issue?.path.join('.') ?? '', issue?.message ?? 'it does not fit'].filter((text) => text !== '');
  throw new WorkbenchError(
    'corrupt',
    `The project's database is damaged: its table ${table} has a row that can't be read (${row}: ${what.join(': ')}). ` +
      'Close Cellwright and put a backup from the folder backups of the project in the place of cellwright.db.',
    { cause: parsed.error },
  );
}

/** A column that holds JSON. */
export function jsonColumn<S extends z.ZodType>(schema: S) {
  return z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: 'it is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

/** A column that holds true as 1 and false as 0. */
export const flagColumn = z.literal([0, 1]).transform((flag) => flag === 1);
