import SQLite from 'better-sqlite3';
import { MIGRATIONS, migrate } from '../../../src/main/store/migrations.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';
import { smallConfig } from '../workbench/small-project.ts';
import { AT } from './store-setting.ts';

/** The small search as schema 1 and 2 wrote it. */
export function olderConfig() {
  const { recipe, subset, reward, limits, keepWeights: _kept, ...others } = smallConfig();
  const { preprocessing: _whitened, ...rest } = recipe;
  const images = { trainingImages: subset.training.most, validationImages: subset.validation.most };
  return { ...others, training: { ...rest, ...images, ...limits, reward: reward.epoch } };
}

/** Epochs of each trial. */
const EPOCHS = 8;

/** Writes a database of schema 2 with so many trials, of which every tenth reuses the one before it. */
export function writeOlderDatabase(file: string, trials: number): void {
  const database = new SQLite(file);
  database.pragma('journal_mode = WAL');
  migrate(database, MIGRATIONS.slice(0, 2));
  const numbers = `WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < ${trials})`;
  const insert = database.transaction(() => {
    database
      .prepare(`INSERT INTO experiments (experiment, config, state, created_at) VALUES (1, ?, 'completed', ?)`)
      .run(JSON.stringify(olderConfig()), AT);
    database.prepare(`INSERT INTO experiment_datasets VALUES (1, 'small', ?, 8, 2)`).run('0'.repeat(64));
    database
      .prepare(
        `${numbers} INSERT INTO trials (experiment, trial, batch, state, architecture, hash, origin, seed, reused_from,
           reward, best_accuracy, best_epoch, finished_at, duration_ms, trainable_parameters, total_parameters,
           multiply_adds, queued_at, operations, operation_uses, origin_order)
         SELECT 1, k, 1 + k / 20, 'completed', @architecture, 'hash ' || k, 'update 0', k, iif(k % 10 = 0, k - 1, NULL),
           (k - (k % 10 = 0)) / 100000.0, 0.5, 1, @at, iif(k % 10 = 0, 0, 1000), 1, 1, 1, @at, 0, '0000000000000', ''
         FROM n`,
      )
      .run({ architecture: JSON.stringify(NASNET_A), at: AT });
    for (let epoch = 1; epoch <= EPOCHS; epoch++) {
      database.exec(`INSERT INTO epochs SELECT 1, trial, ${epoch}, 1, 0.5, 1, 0.5, 0.1, 1, 10 FROM trials
        WHERE reused_from IS NULL`);
    }
    database.prepare(`INSERT INTO attempts SELECT 1, trial, 1, @at, @at, 'done', 8 FROM trials`).run({ at: AT });
    for (const isCell of [0, 1]) {
      database.exec(`INSERT INTO leaderboard (experiment, is_cell, is_trash, trial, hash, reward, is_trained, best,
          proposals, trainable_parameters, multiply_adds, duration_ms, state, origin, origin_order, batch, seed, attempts,
          is_starred, operations, operation_uses)
        SELECT 1, ${isCell}, 0, trial, hash, reward, reused_from IS NULL, 0.5, 1, 1, 1, duration_ms, 2, origin, '', batch,
          seed, 1, 0, 0, operation_uses FROM trials`);
    }
  });
  insert();
  database.close();
}
