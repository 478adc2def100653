import type { Database, Statement } from 'better-sqlite3';
import { STATE_ORDER } from '../../shared/leaderboard/row-order.ts';
import type { Commits } from './commits.ts';

/** What a cell's row is made from: one of its trials. */
interface Member {
  trial: number;
  number: number;
  reward: number | null;
  /** 0 for a reward that was reused. */
  isTrained: number;
  best: number | null;
  /** Place in STATE_ORDER. */
  state: number;
  purpose: string;
}

interface Cell {
  experiment: number;
  hash: string;
  isTrash: number;
}

interface CellValues extends Cell {
  trial: number;
  number: number;
  reward: number | null;
  deviation: number | null;
  best: number | null;
  proposals: number;
}

const STATE_PLACE = `CASE state ${STATE_ORDER.map((state, place) => `WHEN '${state}' THEN ${place}`).join(' ')} END`;
const RUNNING = STATE_ORDER.indexOf('running');

/** Said aloud, since SQLite takes half of the primary key for the better way to a cell. */
const BY_CELL = 'INDEXED BY leaderboard_by_cell';

/** Columns that a cell's row has from the trial that tells most. */
const FROM_TRIAL = `trainable_parameters, multiply_adds, duration_ms, state, origin, origin_order, batch, seed, attempts,
  started_at, is_starred, note, tags, operations, operation_uses, purpose`;

/**
 * The table that the leaderboard reads. Its rows follow from those of the trials and labels, and are brought up to date
 * at the end of every transaction that changed some of these, within it: they are true whenever they can be read.
 */
export class LeaderboardRows {
  private readonly commits: Commits;
  private readonly versions = new Map<number, number>();
  private readonly trials = new Map<string, readonly [number, number, number]>();
  private readonly cells = new Map<string, readonly [number, string]>();
  private readonly dropTrial: Statement<[number, number, number]>;
  private readonly addTrial: Statement<[number, number, number], { hash: string }>;
  private readonly relabel: Statement<[{ experiment: number; hash: string }]>;
  private readonly dropCell: Statement<[number, string]>;
  private readonly addCell: Statement<[CellValues]>;
  private readonly propose: Statement<[Cell & { proposals: number }]>;
  private readonly members: Statement<[Cell], Member>;

  constructor(database: Database, commits: Commits) {
    this.commits = commits;
    this.dropTrial = database.prepare(
      'DELETE FROM leaderboard WHERE experiment = ? AND is_cell = 0 AND is_trash IN (0, 1) AND trial = ? AND number = ?',
    );
    this.addTrial = database.prepare(
      `INSERT INTO leaderboard (experiment, is_cell, is_trash, trial, number, hash, reward, is_trained, best, proposals,
         ${FROM_TRIAL})
       SELECT own.experiment, 0, trashed_at IS NOT NULL, trial, number, own.hash, reward,
         reward IS NOT NULL AND reused_at IS NULL, best_accuracy, 1, trainable_parameters, multiply_adds, duration_ms,
         ${STATE_PLACE}, origin, origin_order, batch, seed, attempts, started_at, coalesce(is_starred, 0),
         nullif(note, ''), nullif(tags, '[]'), operations, operation_uses, purpose
       FROM trial_rows AS own
       LEFT JOIN cell_labels ON cell_labels.experiment = own.experiment AND cell_labels.hash = own.hash
       WHERE own.experiment = +? AND trial = +? AND number = +?
       RETURNING hash`,
    );
    this.relabel = database.prepare(
      `UPDATE leaderboard ${BY_CELL} SET is_starred = labels.is_starred, note = nullif(labels.note, ''),
         tags = nullif(labels.tags, '[]')
       FROM (SELECT is_starred, note, tags FROM cell_labels WHERE experiment = @experiment AND hash = @hash) AS labels
       WHERE experiment = @experiment AND hash = @hash`,
    );
    this.dropCell = database.prepare(
      `DELETE FROM leaderboard ${BY_CELL} WHERE experiment = ? AND hash = ? AND is_cell = 1`,
    );
    this.addCell = database.prepare(
      `INSERT INTO leaderboard (experiment, is_cell, is_trash, trial, number, hash, reward, deviation, is_trained, best,
         proposals, ${FROM_TRIAL})
       SELECT experiment, 1, is_trash, trial, number, hash, @reward, @deviation, 0, @best, @proposals, ${FROM_TRIAL}
       FROM leaderboard WHERE experiment = @experiment AND is_cell = 0 AND is_trash = @isTrash AND trial = @trial
         AND number = @number AND hash = @hash`,
    );
    this.propose = database.prepare(
      `UPDATE leaderboard ${BY_CELL} SET proposals = @proposals
       WHERE experiment = @experiment AND hash = @hash AND is_cell = 0 AND is_trash = @isTrash
         AND proposals <> @proposals`,
    );
    this.members = database.prepare(
      `SELECT trial, number, reward, is_trained AS isTrained, best, state, purpose FROM leaderboard
       WHERE experiment = @experiment AND hash = @hash AND is_cell = 0 AND is_trash = @isTrash ORDER BY trial, number`,
    );
  }

  /** Grows with every change of an experiment's rows. */
  version(experiment: number): number {
    return this.versions.get(experiment) ?? 0;
  }

  /** A run of a trial changed in the transaction that is under way. */
  trialChanged(experiment: number, trial: number, run: number): void {
    this.trials.set(`${experiment} ${trial} ${run}`, [experiment, trial, run]);
    this.commits.settle('leaderboard', () => this.bringUpToDate());
  }

  /** The labels of a cell changed in the transaction that is under way. */
  labelsChanged(experiment: number, hash: string): void {
    this.cells.set(`${experiment} ${hash}`, [experiment, hash]);
    this.commits.settle('leaderboard', () => this.bringUpToDate());
  }

  private bringUpToDate(): void {
    const [trials, labelled] = [[...this.trials.values()], [...this.cells.values()]];
    this.trials.clear();
    this.cells.clear();
    const cells = new Map<string, readonly [number, string]>();
    for (const [experiment, trial, run] of trials) {
      this.dropTrial.run(experiment, trial, run);
      const added = this.addTrial.get(experiment, trial, run);
      if (added) cells.set(`${experiment} ${added.hash}`, [experiment, added.hash]);
      this.versions.set(experiment, this.version(experiment) + 1);
    }
    for (const [experiment, hash] of cells.values()) this.remakeCell(experiment, hash);
    for (const [experiment, hash] of labelled) {
      this.relabel.run({ experiment, hash });
      this.versions.set(experiment, this.version(experiment) + 1);
    }
  }

  private remakeCell(experiment: number, hash: string): void {
    this.dropCell.run(experiment, hash);
    for (const isTrash of [0, 1]) {
      const members = this.members.all({ experiment, hash, isTrash });
      if (members.length === 0) continue;
      const values = cellValues(members);
      this.addCell.run({ experiment, hash, isTrash, ...values });
      this.propose.run({ experiment, hash, isTrash, proposals: values.proposals });
    }
  }
}

/** The row of a cell's trials, which come in the order of their numbers. */
function cellValues(members: readonly Member[]): Omit<CellValues, keyof Cell> {
  const rewarded = members.filter(({ reward }) => reward !== null);
  const trained = rewarded.filter(({ isTrained }) => isTrained === 1);
  // Where what was trained is not among them (in the trash), a reused reward stands for it.
  const counted = trained.length > 0 ? trained : rewarded;
  const { mean, deviation } = meanAndDeviation(counted.map(({ reward }) => reward ?? 0));
  const accuracies = members.flatMap(({ best }) => best ?? []);
  return {
    ...tellingTrial(members, counted),
    reward: mean,
    deviation,
    best: accuracies.length === 0 ? null : Math.max(...accuracies),
    proposals: Math.max(1, members.filter(({ purpose }) => purpose === 'proposal').length),
  };
}

/** The one with the best reward, else the first that runs, else the first. */
function tellingTrial(members: readonly Member[], counted: readonly Member[]): Pick<Member, 'trial' | 'number'> {
  const best = counted.reduce<Member | null>(
    (most, member) => (most === null || (member.reward ?? 0) > (most.reward ?? 0) ? member : most),
    null,
  );
  const telling = best ?? members.find(({ state }) => state === RUNNING) ?? members[0];
  if (!telling) throw new Error('a cell without trials has no row');
  return { trial: telling.trial, number: telling.number };
}

/** The deviation is that of a sample: divided by one less than their number; null for a single one. */
function meanAndDeviation(values: readonly number[]): { mean: number | null; deviation: number | null } {
  if (values.length === 0) return { mean: null, deviation: null };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length === 1) return { mean, deviation: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
