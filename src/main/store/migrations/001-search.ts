/**
 * The first schema: searches, their trials and what each trial did. Rewards, log-probabilities and losses are REAL,
 * the same 64 bits as a number of ours; times are ISO 8601 texts for people, durations are milliseconds.
 */
export const SEARCH_SCHEMA = `
CREATE TABLE experiments (
  experiment INTEGER PRIMARY KEY,
  config TEXT NOT NULL CHECK (json_valid(config)),
  state TEXT NOT NULL CHECK (state IN ('running', 'paused', 'completed', 'stopped', 'failed')),
  message TEXT,
  created_at TEXT NOT NULL,
  finished_at TEXT,
  running_ms REAL NOT NULL DEFAULT 0,
  overhead_ms REAL NOT NULL DEFAULT 0,
  -- The search that this random search stands beside.
  twin_of INTEGER REFERENCES experiments,
  -- While it runs only to train the repeats that a person asked for: the state that it goes back to.
  rests_as TEXT CHECK (rests_as IN ('paused', 'completed', 'stopped', 'failed'))
) STRICT;

CREATE TABLE experiment_datasets (
  experiment INTEGER PRIMARY KEY REFERENCES experiments,
  name TEXT NOT NULL,
  identity TEXT NOT NULL,
  image_size INTEGER NOT NULL,
  classes INTEGER NOT NULL
) STRICT;

CREATE TABLE controller_updates (
  experiment INTEGER NOT NULL REFERENCES experiments,
  update_number INTEGER NOT NULL CHECK (update_number >= 0),
  report TEXT CHECK (report IS NULL OR json_valid(report)),
  snapshot BLOB,
  stored_at TEXT NOT NULL,
  PRIMARY KEY (experiment, update_number)
) STRICT;

CREATE TABLE trials (
  experiment INTEGER NOT NULL REFERENCES experiments,
  trial INTEGER NOT NULL CHECK (trial >= 1),
  -- The update that learns from it; NULL for a repeat that a person asked for.
  batch INTEGER CHECK (batch >= 1),
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'completed', 'failed', 'pruned', 'cancelled')),
  architecture TEXT NOT NULL CHECK (json_valid(architecture)),
  hash TEXT NOT NULL,
  origin TEXT NOT NULL,
  parent INTEGER,
  log_probability REAL,
  seed INTEGER NOT NULL,
  reused_from INTEGER,
  reward REAL CHECK ((reward IS NOT NULL) = (state = 'completed')),
  best_accuracy REAL,
  best_epoch INTEGER,
  failure TEXT CHECK ((failure IS NOT NULL) = (state = 'failed')),
  message TEXT,
  weights_hash TEXT,
  trainable_parameters INTEGER NOT NULL,
  total_parameters INTEGER NOT NULL,
  multiply_adds INTEGER NOT NULL,
  lease_epoch INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  queued_at TEXT NOT NULL,
  started_at TEXT,
  finished_at TEXT,
  duration_ms REAL NOT NULL DEFAULT 0,
  step INTEGER NOT NULL DEFAULT 0,
  steps INTEGER NOT NULL DEFAULT 0,
  trashed_at TEXT,
  -- Read from the architecture and the origin once, see store/operation-uses.ts and leaderboard/row-order.ts.
  operations INTEGER NOT NULL,
  operation_uses TEXT NOT NULL,
  origin_order TEXT NOT NULL,
  PRIMARY KEY (experiment, trial),
  FOREIGN KEY (experiment, reused_from) REFERENCES trials (experiment, trial)
) STRICT;
-- The batch and the state are in both, so that counting reads nothing else.
CREATE INDEX trials_by_state ON trials (experiment, state, batch);
CREATE INDEX trials_by_batch ON trials (experiment, batch, trial, state);
CREATE INDEX trials_by_hash ON trials (experiment, hash, trial);
CREATE INDEX trials_in_trash ON trials (experiment) WHERE trashed_at IS NOT NULL;

CREATE TABLE epochs (
  experiment INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  epoch INTEGER NOT NULL CHECK (epoch >= 1),
  training_loss REAL NOT NULL,
  training_accuracy REAL NOT NULL,
  validation_loss REAL NOT NULL,
  validation_accuracy REAL NOT NULL,
  learning_rate REAL NOT NULL,
  drop_path_keep REAL NOT NULL,
  duration_ms REAL NOT NULL,
  PRIMARY KEY (experiment, trial, epoch),
  FOREIGN KEY (experiment, trial) REFERENCES trials (experiment, trial)
) STRICT, WITHOUT ROWID;

-- Each try to train a trial, by its lease.
CREATE TABLE attempts (
  experiment INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  attempt INTEGER NOT NULL CHECK (attempt >= 1),
  started_at TEXT NOT NULL,
  ended_at TEXT,
  end_message TEXT,
  PRIMARY KEY (experiment, trial, attempt),
  FOREIGN KEY (experiment, trial) REFERENCES trials (experiment, trial)
) STRICT, WITHOUT ROWID;

CREATE TABLE log (
  entry INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('info', 'warn', 'error')),
  experiment INTEGER,
  trial INTEGER,
  message TEXT NOT NULL
) STRICT;
CREATE INDEX log_by_trial ON log (experiment, trial, entry);

-- What the leaderboard shows and asks for, narrow so that all of it is read in milliseconds. A row a trial (is_cell 0),
-- and for each distinct cell a row for its trials outside the trash and one for those in it (is_cell 1). It follows from
-- trials and cell_labels and is kept by store/leaderboard-rows.ts within the transactions that change them.
CREATE TABLE leaderboard (
  experiment INTEGER NOT NULL,
  is_cell INTEGER NOT NULL CHECK (is_cell IN (0, 1)),
  is_trash INTEGER NOT NULL CHECK (is_trash IN (0, 1)),
  -- The row's trial; a cell's is the one that tells most.
  trial INTEGER NOT NULL,
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
  PRIMARY KEY (experiment, is_cell, is_trash, trial)
) STRICT, WITHOUT ROWID;
-- NULL sorts last in a descending index.
CREATE INDEX leaderboard_by_reward ON leaderboard (experiment, is_cell, is_trash, reward DESC, trial, state);
-- With all that a cell's row is made from.
CREATE INDEX leaderboard_by_cell ON leaderboard
  (experiment, hash, is_cell, is_trash, trial, reward, is_trained, best, state, batch);

-- What a person wrote to a cell: tags as a JSON array.
CREATE TABLE cell_labels (
  experiment INTEGER NOT NULL REFERENCES experiments,
  hash TEXT NOT NULL,
  is_starred INTEGER NOT NULL DEFAULT 0 CHECK (is_starred IN (0, 1)),
  note TEXT NOT NULL DEFAULT '',
  tags TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tags)),
  PRIMARY KEY (experiment, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE named_views (
  name TEXT PRIMARY KEY,
  view TEXT NOT NULL CHECK (json_valid(view))
) STRICT, WITHOUT ROWID;

-- Files are named relative to the project's folder, so that the folder can be moved.
CREATE TABLE checkpoints (
  experiment INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  lease_epoch INTEGER NOT NULL,
  step INTEGER NOT NULL,
  file TEXT NOT NULL UNIQUE,
  size_bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  stored_at TEXT NOT NULL,
  PRIMARY KEY (experiment, trial, lease_epoch, step),
  FOREIGN KEY (experiment, trial) REFERENCES trials (experiment, trial)
) STRICT, WITHOUT ROWID;
`;
