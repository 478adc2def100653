import type { Database, Statement } from 'better-sqlite3';
import type { TrialEpoch } from '../../shared/records/experiment.ts';
import type { Commits } from './commits.ts';

/** One row an epoch of a trial. An epoch that is trained again after an interruption replaces its row. */
export class Epochs {
  private readonly commits: Commits;
  private readonly insert: Statement<[TrialEpoch]>;
  private readonly all: Statement<[number, number], TrialEpoch>;
  private readonly drop: Statement<[number, number]>;

  constructor(database: Database, commits: Commits) {
    this.commits = commits;
    this.insert = database.prepare(
      `INSERT OR REPLACE INTO epochs (experiment, trial, epoch, training_loss, training_accuracy, validation_loss,
         validation_accuracy, learning_rate, drop_path_keep, duration_ms)
       VALUES (@experiment, @trial, @epoch, @trainingLoss, @trainingAccuracy, @validationLoss, @validationAccuracy,
         @learningRate, @dropPathKeep, @durationMs)`,
    );
    this.all = database.prepare(
      `SELECT experiment, trial, epoch, training_loss AS trainingLoss, training_accuracy AS trainingAccuracy,
         validation_loss AS validationLoss, validation_accuracy AS validationAccuracy, learning_rate AS learningRate,
         drop_path_keep AS dropPathKeep, duration_ms AS durationMs
       FROM epochs WHERE experiment = ? AND trial = ? ORDER BY epoch`,
    );
    this.drop = database.prepare('DELETE FROM epochs WHERE experiment = ? AND trial = ?');
  }

  add(epoch: TrialEpoch): void {
    this.commits.run(() => {
      this.insert.run(epoch);
      this.commits.note(`epoch ${epoch.experiment} ${epoch.trial} ${epoch.epoch}`, () => ({
        name: 'epoch.added',
        payload: epoch,
      }));
    });
  }

  /** Of a trial that begins anew, which its row tells: it stands at step 0. */
  removeAll(experiment: number, trial: number): void {
    this.commits.run(() => this.drop.run(experiment, trial));
  }

  list(experiment: number, trial: number): TrialEpoch[] {
    return this.all.all(experiment, trial);
  }
}
