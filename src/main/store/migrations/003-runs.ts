import type { Database } from 'better-sqlite3';
import { deriveSeed } from '../../../shared/random.ts';
import { ARTIFACTS } from './artifacts.ts';

/**
 * Runs of their own: what is trained, evaluated or calibrated is a run, and a trial refers to one. Many trials may refer
 * to the same run (a reward that is reused), and a trial may have further runs that a person asked for.
 *
 * Trials that were repeats in schema 1 and 2 keep their numbers: they are trials of one run whose purpose is `repeat`.
 */
export function moveToRuns(database: Database): void {
  database.exec(SET_ASIDE);
  database.exec(ARTIFACTS);
  database.exec(TABLES);
  database.exec('CREATE TEMP TABLE setting_of (experiment INTEGER PRIMARY KEY, setting INTEGER NOT NULL)');
  for (const row of database.prepare<[], OlderExperiment>(OLDER_EXPERIMENTS).all()) moveExperiment(database, row);
  database.exec(COPY);
  database.exec(DROP);
  database.exec(INDEXES);
}

const SET_ASIDE = `
ALTER TABLE experiment_datasets RENAME TO older_experiment_datasets;
ALTER TABLE trials RENAME TO older_trials;
ALTER TABLE epochs RENAME TO older_epochs;
ALTER TABLE attempts RENAME TO older_attempts;
ALTER TABLE checkpoints RENAME TO older_checkpoints;
ALTER TABLE leaderboard RENAME TO older_leaderboard;
`;

const TABLES = `
CREATE TABLE experiment_datasets (
  experiment INTEGER PRIMARY KEY REFERENCES experiments,
  name TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  identity TEXT NOT NULL,
  height INTEGER NOT NULL,
  width INTEGER NOT NULL,
  channels INTEGER NOT NULL,
  classes INTEGER NOT NULL
) STRICT;

-- What many runs have in common, once: all of a run's spec but its architecture and its seed.
CREATE TABLE run_settings (
  setting INTEGER PRIMARY KEY,
  spec TEXT NOT NULL UNIQUE CHECK (json_valid(spec))
) STRICT;

-- Numbers are never given twice, since queues remember them.
CREATE TABLE runs (
  run INTEGER PRIMARY KEY AUTOINCREMENT,
  -- The search that it is a part of; NULL for one that stands on its own.
  experiment INTEGER REFERENCES experiments,
  kind TEXT NOT NULL CHECK (kind IN ('train', 'calibrate', 'evaluate')),
  purpose TEXT NOT NULL CHECK (purpose IN ('proposal', 'repeat', 'promoted', 'asked', 'calibration')),
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'completed', 'failed', 'pruned', 'cancelled')),
  setting INTEGER NOT NULL REFERENCES run_settings,
  architecture TEXT NOT NULL CHECK (json_valid(architecture)),
  seed INTEGER NOT NULL,
  -- Of a training.
  reward REAL CHECK ((reward IS NOT NULL) = (state = 'completed' AND kind <> 'evaluate')),
  best_accuracy REAL,
  best_epoch INTEGER,
  -- Of an evaluation: what it counted.
  evaluation TEXT CHECK (json_valid(evaluation)),
  failure TEXT CHECK ((failure IS NOT NULL) = (state = 'failed')),
  message TEXT,
  weights_hash TEXT,
  -- Content hash of the weights that are kept.
  weights TEXT REFERENCES artifacts (hash),
  lease_epoch INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  queued_at TEXT NOT NULL,
  started_at TEXT,
  finished_at TEXT,
  duration_ms REAL NOT NULL DEFAULT 0,
  step INTEGER NOT NULL DEFAULT 0,
  steps INTEGER NOT NULL DEFAULT 0,
  -- An amendment, where the memory did not suffice for the recipe's batch.
  reduced_batch_size INTEGER CHECK (reduced_batch_size >= 1)
) STRICT;

CREATE TABLE trials (
  experiment INTEGER NOT NULL REFERENCES experiments,
  trial INTEGER NOT NULL CHECK (trial >= 1),
  -- Place among the strategy's proposals, from 1; NULL for a repeat that has a number of its own (schema 1 and 2).
  proposal INTEGER CHECK (proposal >= 1),
  -- The update that learns from it; NULL likewise.
  batch INTEGER CHECK (batch >= 1),
  architecture TEXT NOT NULL CHECK (json_valid(architecture)),
  hash TEXT NOT NULL,
  origin TEXT NOT NULL,
  parent INTEGER,
  log_probability REAL,
  -- Of the run that it was proposed with, also where it reuses another.
  seed INTEGER NOT NULL,
  trainable_parameters INTEGER NOT NULL,
  total_parameters INTEGER NOT NULL,
  multiply_adds INTEGER NOT NULL,
  queued_at TEXT NOT NULL,
  -- Read from the architecture and the origin once, see store/operation-uses.ts and leaderboard/row-order.ts.
  operations INTEGER NOT NULL,
  operation_uses TEXT NOT NULL,
  origin_order TEXT NOT NULL,
  PRIMARY KEY (experiment, trial)
) STRICT;

-- The runs of a trial: number 1 trained its proposal, or an equal one before; further ones were asked for.
CREATE TABLE trial_runs (
  experiment INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 1),
  run INTEGER NOT NULL REFERENCES runs,
  -- When it came to refer to the run of an earlier trial; NULL for a run of its own.
  reused_at TEXT,
  trashed_at TEXT,
  PRIMARY KEY (experiment, trial, number),
  FOREIGN KEY (experiment, trial) REFERENCES trials (experiment, trial)
) STRICT, WITHOUT ROWID;

CREATE TABLE epochs (
  run INTEGER NOT NULL REFERENCES runs,
  epoch INTEGER NOT NULL CHECK (epoch >= 1),
  training_loss REAL NOT NULL,
  training_accuracy REAL NOT NULL,
  validation_loss REAL NOT NULL,
  validation_accuracy REAL NOT NULL,
  learning_rate REAL NOT NULL,
  drop_path_keep REAL NOT NULL,
  duration_ms REAL NOT NULL,
  PRIMARY KEY (run, epoch)
) STRICT, WITHOUT ROWID;

-- Each try to carry a run out, by its lease.
CREATE TABLE attempts (
  run INTEGER NOT NULL REFERENCES runs,
  attempt INTEGER NOT NULL CHECK (attempt >= 1),
  started_at TEXT NOT NULL,
  ended_at TEXT,
  end_message TEXT,
  -- NULL for tries from before it was recorded.
  batch_size INTEGER CHECK (batch_size >= 1),
  PRIMARY KEY (run, attempt)
) STRICT, WITHOUT ROWID;

-- Files are named relative to the project's folder, so that the folder can be moved.
CREATE TABLE checkpoints (
  run INTEGER NOT NULL REFERENCES runs,
  lease_epoch INTEGER NOT NULL,
  step INTEGER NOT NULL,
  file TEXT NOT NULL UNIQUE,
  size_bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  stored_at TEXT NOT NULL,
  PRIMARY KEY (run, lease_epoch, step)
) STRICT, WITHOUT ROWID;

-- Each run of each trial as the leaderboard, a page and an export know it.
CREATE VIEW trial_rows AS
SELECT
  link.experiment, link.trial, link.number, link.run, runs.purpose,
  CASE link.number WHEN 1 THEN trials.batch END AS batch,
  runs.state, trials.architecture, trials.hash,
  CASE link.number WHEN 1 THEN trials.origin ELSE 'repeat of ' || trials.trial END AS origin,
  CASE link.number WHEN 1 THEN trials.parent ELSE trials.trial END AS parent,
  CASE link.number WHEN 1 THEN trials.log_probability END AS log_probability,
  CASE link.number WHEN 1 THEN trials.seed ELSE runs.seed END AS seed,
  CASE WHEN link.reused_at IS NOT NULL THEN
    (SELECT min(own.trial) FROM trial_runs AS own WHERE own.run = link.run AND own.reused_at IS NULL)
  END AS reused_from,
  runs.reward, runs.best_accuracy, runs.best_epoch, runs.failure,
  CASE WHEN link.reused_at IS NULL THEN runs.message END AS message,
  CASE WHEN link.reused_at IS NULL THEN runs.weights_hash END AS weights_hash,
  runs.weights,
  trials.trainable_parameters, trials.total_parameters, trials.multiply_adds,
  CASE WHEN link.reused_at IS NULL THEN runs.attempts ELSE 0 END AS attempts,
  CASE WHEN link.reused_at IS NULL THEN runs.reduced_batch_size END AS reduced_batch_size,
  CASE link.number WHEN 1 THEN trials.queued_at ELSE runs.queued_at END AS queued_at,
  CASE WHEN link.reused_at IS NULL THEN runs.started_at END AS started_at,
  coalesce(link.reused_at, runs.finished_at) AS finished_at,
  link.reused_at, link.trashed_at,
  CASE WHEN link.reused_at IS NULL THEN runs.duration_ms ELSE 0.0 END AS duration_ms,
  CASE WHEN link.reused_at IS NULL THEN runs.step ELSE 0 END AS step,
  CASE WHEN link.reused_at IS NULL THEN runs.steps ELSE 0 END AS steps,
  trials.operations, trials.operation_uses,
  CASE link.number WHEN 1 THEN trials.origin_order ELSE printf('repeat of %010d', trials.trial) END AS origin_order
FROM trial_runs AS link
JOIN trials ON trials.experiment = link.experiment AND trials.trial = link.trial
JOIN runs ON runs.run = link.run;

-- What the leaderboard shows and asks for, narrow so that all of it is read in milliseconds. A row a run of a trial
-- (is_cell 0), and for each distinct cell a row for its runs outside the trash and one for those in it (is_cell 1). It
-- follows from trial_rows and cell_labels and is kept by store/leaderboard-rows.ts within the transactions that change
-- them.
CREATE TABLE leaderboard (
  experiment INTEGER NOT NULL,
  is_cell INTEGER NOT NULL CHECK (is_cell IN (0, 1)),
  is_trash INTEGER NOT NULL CHECK (is_trash IN (0, 1)),
  -- The row's trial and run; a cell's is the one that tells most.
  trial INTEGER NOT NULL,
  number INTEGER NOT NULL,
  purpose TEXT NOT NULL,
  hash TEXT NOT NULL,
  -- A cell's is the mean of its trainings.
  reward REAL,
  deviation REAL,
  -- Whether the reward comes from a training of this trial, not from an equal one.
  is_trained INTEGER NOT NULL,
  best REAL,
  proposals INTEGER NOT NULL,
  trainable_parameters INTEGER NOT NULL,
  multiply_adds INTEGER NOT NULL,
  duration_ms REAL NOT NULL,
  -- Its place in STATE_ORDER.
  state INTEGER NOT NULL,
  origin TEXT NOT NULL,
  origin_order TEXT NOT NULL,
  batch INTEGER,
  seed INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  started_at TEXT,
  is_starred INTEGER NOT NULL,
  -- NULL for none.
  note TEXT,
  tags TEXT,
  operations INTEGER NOT NULL,
  operation_uses TEXT NOT NULL,
  PRIMARY KEY (experiment, is_cell, is_trash, trial, number)
) STRICT, WITHOUT ROWID;
`;

const COPY = `
INSERT INTO experiment_datasets (experiment, name, version, identity, height, width, channels, classes)
SELECT experiment, name, 1, identity, image_size, image_size, 3, classes FROM older_experiment_datasets;

INSERT INTO trials (experiment, trial, proposal, batch, architecture, hash, origin, parent, log_probability, seed,
  trainable_parameters, total_parameters, multiply_adds, queued_at, operations, operation_uses, origin_order)
SELECT experiment, trial,
  CASE WHEN batch IS NOT NULL THEN count(batch) OVER (PARTITION BY experiment ORDER BY trial) END,
  batch, architecture, hash, origin, parent, log_probability, seed, trainable_parameters, total_parameters,
  multiply_adds, queued_at, operations, operation_uses, origin_order
FROM older_trials;

-- The new run of an older trial: their numbers in the order of experiments and trials.
CREATE TEMP TABLE run_of AS
SELECT row_number() OVER (ORDER BY experiment, trial) AS run, experiment, trial FROM older_trials WHERE reused_from IS NULL;
CREATE UNIQUE INDEX temp.run_of_trial ON run_of (experiment, trial);

INSERT INTO runs (run, experiment, kind, purpose, state, setting, architecture, seed, reward, best_accuracy, best_epoch,
  failure, message, weights_hash, lease_epoch, attempts, queued_at, started_at, finished_at, duration_ms, step, steps,
  reduced_batch_size)
SELECT run_of.run, older.experiment, 'train', CASE WHEN batch IS NULL THEN 'repeat' ELSE 'proposal' END, state,
  setting_of.setting, architecture, seed, reward, best_accuracy, best_epoch, failure, message, weights_hash, lease_epoch,
  attempts, queued_at, started_at, finished_at, duration_ms, step, steps, reduced_batch_size
FROM older_trials AS older
JOIN run_of ON run_of.experiment = older.experiment AND run_of.trial = older.trial
JOIN temp.setting_of ON setting_of.experiment = older.experiment;

INSERT INTO trial_runs (experiment, trial, number, run, reused_at, trashed_at)
SELECT older.experiment, older.trial, 1, run_of.run,
  CASE WHEN reused_from IS NOT NULL THEN finished_at END, trashed_at
FROM older_trials AS older
JOIN run_of ON run_of.experiment = older.experiment AND run_of.trial = coalesce(older.reused_from, older.trial);

INSERT INTO epochs SELECT run, epoch, training_loss, training_accuracy, validation_loss, validation_accuracy,
  learning_rate, drop_path_keep, duration_ms
FROM older_epochs JOIN run_of USING (experiment, trial);

INSERT INTO attempts SELECT run, attempt, started_at, ended_at, end_message, batch_size
FROM older_attempts JOIN run_of USING (experiment, trial);

INSERT INTO checkpoints SELECT run, lease_epoch, step, file, size_bytes, sha256, stored_at
FROM older_checkpoints JOIN run_of USING (experiment, trial);

INSERT INTO leaderboard (experiment, is_cell, is_trash, trial, number, purpose, hash, reward, deviation, is_trained, best,
  proposals, trainable_parameters, multiply_adds, duration_ms, state, origin, origin_order, batch, seed, attempts,
  started_at, is_starred, note, tags, operations, operation_uses)
SELECT experiment, is_cell, is_trash, trial, 1, CASE WHEN batch IS NULL THEN 'repeat' ELSE 'proposal' END, hash, reward,
  deviation, is_trained, best, proposals, trainable_parameters, multiply_adds, duration_ms, state, origin, origin_order,
  batch, seed, attempts, started_at, is_starred, note, tags, operations, operation_uses
FROM older_leaderboard;
`;

const DROP = `
DROP TABLE temp.run_of;
DROP TABLE temp.setting_of;
DROP TABLE older_leaderboard;
DROP TABLE older_checkpoints;
DROP TABLE older_attempts;
DROP TABLE older_epochs;
-- Its rows refer to each other, and each that goes is looked for among the others: without an index, in all of them.
CREATE INDEX older_trials_by_reuse ON older_trials (experiment, reused_from);
DROP TABLE older_trials;
DROP TABLE older_experiment_datasets;
`;

const INDEXES = `
CREATE INDEX runs_by_state ON runs (experiment, purpose, state);
CREATE INDEX runs_with_weights ON runs (weights) WHERE weights IS NOT NULL;
CREATE UNIQUE INDEX trials_by_proposal ON trials (experiment, proposal);
CREATE INDEX trials_by_batch ON trials (experiment, batch, trial);
CREATE INDEX trials_by_hash ON trials (experiment, hash, trial);
CREATE INDEX trial_runs_by_run ON trial_runs (run, reused_at, trial);
CREATE INDEX trial_runs_in_trash ON trial_runs (experiment) WHERE trashed_at IS NOT NULL;
-- NULL sorts last in a descending index.
CREATE INDEX leaderboard_by_reward ON leaderboard (experiment, is_cell, is_trash, reward DESC, trial, number, state);
-- With all that a cell's row is made from.
CREATE INDEX leaderboard_by_cell ON leaderboard
  (experiment, hash, is_cell, is_trash, trial, number, reward, is_trained, best, state, purpose);
`;

interface OlderExperiment {
  readonly experiment: number;
  readonly config: string;
  readonly name: string | null;
  readonly identity: string | null;
  readonly imageSize: number | null;
  readonly classes: number | null;
}

const OLDER_EXPERIMENTS = `
SELECT experiments.experiment, config, data.name, data.identity, data.image_size AS imageSize, data.classes
FROM experiments LEFT JOIN older_experiment_datasets AS data ON data.experiment = experiments.experiment`;

/** What a configuration of schema 1 and 2 called its training. */
interface OlderTraining {
  readonly trainingImages: number;
  readonly validationImages: number;
  readonly timeLimitMs: number;
  readonly reward: 'last' | 'best';
}

/** Rewrites an experiment's configuration, and writes down what its runs have in common. */
function moveExperiment(database: Database, row: OlderExperiment): void {
  const { training, ...config } = JSON.parse(row.config) as { training: OlderTraining; scale: object; seed: number };
  const { trainingImages, validationImages, timeLimitMs, reward, ...rest } = training;
  const recipe = { ...rest, preprocessing: { kind: 'whiten' } };
  const shared = { recipe, reward: { epoch: reward }, limits: { timeLimitMs } };
  const subset = { training: { share: 1, most: trainingImages }, validation: { share: 1, most: validationImages } };
  const moved = { ...config, ...shared, subset, keepWeights: 3 };
  database.prepare('UPDATE experiments SET config = ? WHERE experiment = ?').run(JSON.stringify(moved), row.experiment);
  const { imageSize, classes } = row;
  const spec = {
    version: 1,
    scale: { ...config.scale, height: imageSize, width: imageSize, channels: 3, classes },
    ...shared,
    subset: { training: trainingImages, validation: validationImages },
    dataset: { ref: { name: row.name, version: 1 }, identity: row.identity },
    splitSeed: deriveSeed(config.seed, 'split'),
  };
  const text = JSON.stringify(spec);
  database.prepare('INSERT OR IGNORE INTO run_settings (spec) VALUES (?)').run(text);
  database
    .prepare('INSERT INTO temp.setting_of SELECT ?, setting FROM run_settings WHERE spec = ?')
    .run(row.experiment, text);
}
