import type { Database, Statement } from 'better-sqlite3';
import type { Commits } from './commits.ts';

/** The data set that an experiment was begun with. */
export interface DatasetIdentity {
  readonly name: string;
  /** Lower-case hexadecimal SHA-256 over what the results depend on: sizes, classes, files. */
  readonly identity: string;
  /** Pixels of the square image. */
  readonly imageSize: number;
  readonly classes: number;
}

/** Which data set each experiment learns from, so that it never goes on with another one of the same name. */
export class ExperimentDatasets {
  private readonly commits: Commits;
  private readonly insert: Statement<[number, string, string, number, number]>;
  private readonly one: Statement<[number], DatasetIdentity>;

  constructor(database: Database, commits: Commits) {
    this.commits = commits;
    this.insert = database.prepare(
      'INSERT INTO experiment_datasets (experiment, name, identity, image_size, classes) VALUES (?, ?, ?, ?, ?)',
    );
    this.one = database.prepare(
      'SELECT name, identity, image_size AS imageSize, classes FROM experiment_datasets WHERE experiment = ?',
    );
  }

  add(experiment: number, dataset: DatasetIdentity): void {
    const { name, identity, imageSize, classes } = dataset;
    this.commits.run(() => this.insert.run(experiment, name, identity, imageSize, classes));
  }

  get(experiment: number): DatasetIdentity {
    const row = this.one.get(experiment);
    if (!row) throw new Error(`experiment ${experiment} has no data set`);
    return row;
  }
}
