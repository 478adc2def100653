import type { Database, Statement } from 'better-sqlite3';
import { z } from 'zod';
import type { Commits } from './commits.ts';
import { parseRow } from './parse-row.ts';

/** The data set that an experiment was begun with. */
const usedDatasetSchema = z.strictObject({
  name: z.string(),
  version: z.int().min(1),
  /** Lower-case hexadecimal SHA-256 over what the results depend on: sizes, classes, files. */
  identity: z.string().regex(/^[0-9a-f]{64}$/),
  /** Of an image. Pixels. */
  height: z.int(),
  width: z.int(),
  channels: z.int(),
  classes: z.int(),
});
export type UsedDataset = z.infer<typeof usedDatasetSchema>;

/** Which data set each experiment learns from, so that it never goes on with another one of the same name. */
export class ExperimentDatasets {
  private readonly commits: Commits;
  private readonly insert: Statement<[UsedDataset & { experiment: number }]>;
  private readonly one: Statement<[number], unknown>;

  constructor(database: Database, commits: Commits) {
    this.commits = commits;
    this.insert = database.prepare(
      `INSERT INTO experiment_datasets (experiment, name, version, identity, height, width, channels, classes)
       VALUES (@experiment, @name, @version, @identity, @height, @width, @channels, @classes)`,
    );
    this.one = database.prepare(
      'SELECT name, version, identity, height, width, channels, classes FROM experiment_datasets WHERE experiment = ?',
    );
  }

  add(experiment: number, dataset: UsedDataset): void {
    this.commits.run(() => this.insert.run({ ...dataset, experiment }));
  }

  get(experiment: number): UsedDataset {
    const row = this.one.get(experiment);
    if (!row) throw new Error(`experiment ${experiment} has no data set`);
    return parseRow(usedDatasetSchema, row, 'experiment_datasets', `experiment ${experiment}`);
  }
}
