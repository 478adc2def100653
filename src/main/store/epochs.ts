import type { Database, Statement } from 'better-sqlite3';
import { type Epoch, epochSchema } from '../../shared/records/run.ts';
import type { Commits } from './commits.ts';
import { parseRow } from './parse-row.ts';
import type { TrialRows } from './trial-rows.ts';

/** One row an epoch of a run. An epoch that is trained again after an interruption replaces its row. */
export class Epochs {
  private readonly commits: Commits;
  private readonly rows: TrialRows;
  private readonly insert: Statement<[Epoch & { run: number }]>;
  private readonly all: Statement<[number], unknown>;
  private readonly drop: Statement<[number]>;

  constructor(database: Database, commits: Commits, rows: TrialRows) {
    this.commits = commits;
    this.rows = rows;
    this.insert = database.prepare(
      `INSERT OR REPLACE INTO epochs (run, epoch, training_loss, training_accuracy, validation_loss, validation_accuracy,
         learning_rate, drop_path_keep, duration_ms)
       VALUES (@run, @epoch, @trainingLoss, @trainingAccuracy, @validationLoss, @validationAccuracy, @learningRate,
         @dropPathKeep, @durationMs)`,
    );
    this.all = database.prepare(
      `SELECT epoch, training_loss AS trainingLoss, training_accuracy AS trainingAccuracy,
         validation_loss AS validationLoss, validation_accuracy AS validationAccuracy, learning_rate AS learningRate,
         drop_path_keep AS dropPathKeep, duration_ms AS durationMs
       FROM epochs WHERE run = ? ORDER BY epoch`,
    );
    this.drop = database.prepare('DELETE FROM epochs WHERE run = ?');
  }

  add(run: number, epoch: Epoch): void {
    this.commits.run(() => {
      this.insert.run({ ...epoch, run });
      const owner = this.rows.ownerOf(run);
      if (!owner) return;
      this.commits.note(`epoch ${run} ${epoch.epoch}`, () => ({
        name: 'epoch.added',
        payload: { ...owner, ...epoch },
      }));
    });
  }

  /** Of a run that begins anew, which its row tells: it stands at step 0. */
  removeAll(run: number): void {
    this.commits.run(() => this.drop.run(run));
  }

  list(run: number): Epoch[] {
    return this.all.all(run).map((row) => parseRow(epochSchema, row, 'epochs', `run ${run}`));
  }
}
