import type { Database, Statement } from 'better-sqlite3';
import {
  type Lease,
  type Outcome,
  type Run,
  type RunKind,
  type RunPurpose,
  type RunSpec,
  type RunState,
  runSchema,
  runSpecSchema,
} from '../../shared/records/run.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { Commits } from './commits.ts';
import { parseRow } from './parse-row.ts';
import type { TrialRows } from './trial-rows.ts';

/** What a run is before anything happened to it. */
export interface NewRun {
  /** The search that it is a part of; null for one that stands on its own. */
  readonly experiment: number | null;
  readonly purpose: RunPurpose;
  readonly spec: RunSpec;
  readonly queuedAt: string;
}

/** How one try ended. */
export interface RunEnd {
  readonly outcome: Outcome;
  /** Of this try. */
  readonly durationMs: number;
  readonly weightsHash: string | null;
  /** Content hash of the weights that are kept of it. */
  readonly weights: string | null;
}

const COLUMNS = `run AS id, experiment, kind, purpose, state, seed, reward, best_accuracy AS bestAccuracy,
  best_epoch AS bestEpoch, evaluation, failure, message, weights_hash AS weightsHash, weights, lease_epoch AS leaseEpoch,
  attempts, reduced_batch_size AS reducedBatchSize, queued_at AS queuedAt, started_at AS startedAt,
  finished_at AS finishedAt, duration_ms AS durationMs, step, steps`;
const UNFINISHED = `state IN ('queued', 'running')`;
const LEASED = `run = @run AND state = 'running' AND lease_epoch = @epoch`;

/**
 * The table of runs: `queued → running → completed, failed, pruned or cancelled`; finished is final. Whoever carries a
 * run out holds a lease, and every write in its name says which one: a try that was given up can't write any more. A
 * finished run has no checkpoints; their files are for the caller to delete, after the commit.
 */
export class Runs {
  private readonly commits: Commits;
  private readonly rows: TrialRows;
  private readonly checkpoints: Checkpoints;
  private readonly one: Statement<[number], Record<string, unknown>>;
  private readonly specOf: Statement<[number], { kind: RunKind; spec: string; architecture: string; seed: number }>;
  private readonly open: Statement<[number], { run: number }>;
  private readonly everyOpen: Statement<[], { run: number }>;
  private readonly counted: Statement<[number], { purpose: RunPurpose; state: RunState; count: number }>;
  private readonly ofPurpose: Statement<[RunPurpose], { run: number }>;
  private readonly share: Statement<[string]>;
  private readonly shared: Statement<[string], { setting: number }>;
  private readonly insert: Statement<[InsertedRun]>;
  private readonly fence: Statement<[number], { epoch: number }>;
  private readonly take: Statement<[Lease & { at: string }]>;
  private readonly holds: Statement<[Lease], { held: number }>;
  private readonly move: Statement<[Lease & { step: number; steps: number; addedMs: number }]>;
  private readonly shrink: Statement<[Lease & { batchSize: number }]>;
  private readonly close: Statement<[Lease & Ending & { at: string }]>;
  private readonly pass: Statement<[Lease & { addedMs: number }]>;
  private readonly back: Statement<[Lease]>;
  private readonly drop: Statement<[{ run: number; message: string; at: string }]>;
  private readonly erase: Statement<[number]>;
  private readonly release: Statement<[number]>;
  private readonly uses: Statement<[string], { run: number }>;
  private readonly above: Statement<[number, number], { count: number }>;
  private readonly beyond: Statement<[number, number], { run: number; weights: string }>;

  constructor(database: Database, commits: Commits, rows: TrialRows, checkpoints: Checkpoints) {
    this.commits = commits;
    this.rows = rows;
    this.checkpoints = checkpoints;
    this.one = database.prepare(`SELECT ${COLUMNS} FROM runs WHERE run = ?`);
    this.specOf = database.prepare(
      `SELECT kind, spec, architecture, seed FROM runs JOIN run_settings USING (setting) WHERE run = +?`,
    );
    this.open = database.prepare(`SELECT run FROM runs WHERE experiment = ? AND ${UNFINISHED} ORDER BY run`);
    this.everyOpen = database.prepare(`SELECT run FROM runs WHERE ${UNFINISHED}`);
    this.counted = database.prepare(
      'SELECT purpose, state, count(*) AS count FROM runs WHERE experiment = +? GROUP BY purpose, state',
    );
    this.ofPurpose = database.prepare(`SELECT run FROM runs WHERE purpose = ? AND ${UNFINISHED} ORDER BY run`);
    this.share = database.prepare('INSERT OR IGNORE INTO run_settings (spec) VALUES (?)');
    this.shared = database.prepare('SELECT setting FROM run_settings WHERE spec = ?');
    this.insert = database.prepare(
      `INSERT INTO runs (experiment, kind, purpose, state, setting, architecture, seed, queued_at)
       VALUES (@experiment, @kind, @purpose, 'queued', @setting, @architecture, @seed, @queuedAt)`,
    );
    this.fence = database.prepare(
      `UPDATE runs SET lease_epoch = lease_epoch + 1 WHERE run = ? AND ${UNFINISHED} RETURNING lease_epoch AS epoch`,
    );
    this.take = database.prepare(
      `UPDATE runs SET state = 'running', attempts = attempts + 1, started_at = coalesce(started_at, @at)
       WHERE run = @run AND ${UNFINISHED} AND lease_epoch = @epoch`,
    );
    this.holds = database.prepare(`SELECT 1 AS held FROM runs WHERE ${LEASED}`);
    this.move = database.prepare(
      `UPDATE runs SET step = @step, steps = max(steps, @steps), duration_ms = duration_ms + @addedMs WHERE ${LEASED}`,
    );
    this.shrink = database.prepare(
      `UPDATE runs SET reduced_batch_size = @batchSize, step = 0, steps = 0 WHERE ${LEASED}`,
    );
    this.close = database.prepare(
      `UPDATE runs SET state = @state, reward = @reward, best_accuracy = @bestAccuracy, best_epoch = @bestEpoch,
         evaluation = @evaluation, failure = @failure, message = @message, weights_hash = @weightsHash,
         weights = @weights, duration_ms = max(0, duration_ms + @durationMs),
         step = CASE WHEN @state = 'completed' THEN steps ELSE step END, finished_at = @at
       WHERE ${LEASED}`,
    );
    this.pass = database.prepare(`UPDATE runs SET duration_ms = duration_ms + @addedMs WHERE ${LEASED}`);
    this.back = database.prepare(`UPDATE runs SET state = 'queued' WHERE ${LEASED}`);
    this.drop = database.prepare(
      `UPDATE runs SET state = 'cancelled', message = @message, finished_at = @at WHERE run = @run AND ${UNFINISHED}`,
    );
    this.erase = database.prepare(`DELETE FROM runs WHERE run = ? AND state = 'queued'`);
    this.uses = database.prepare('SELECT run FROM runs WHERE weights = ? LIMIT 1');
    this.above = database.prepare(
      `SELECT count(*) AS count FROM runs
       WHERE experiment = ? AND purpose = 'proposal' AND state = 'completed' AND reward > ?`,
    );
    this.beyond = database.prepare(
      `SELECT run, weights FROM runs
       WHERE experiment = ? AND purpose = 'proposal' AND state = 'completed' AND weights IS NOT NULL
       ORDER BY reward DESC, run LIMIT -1 OFFSET ?`,
    );
    this.release = database.prepare('UPDATE runs SET weights = NULL WHERE run = ?');
  }

  /** Stores a queued run and returns its id. */
  add({ experiment, purpose, spec, queuedAt }: NewRun): number {
    const { kind, architecture, ...rest } = spec;
    const { seed = 1, ...shared } = { seed: undefined, ...rest };
    return this.commits.run(() => {
      const text = JSON.stringify(shared);
      this.share.run(text);
      const setting = this.shared.get(text)?.setting ?? 0;
      const row = { experiment, kind, purpose, setting, architecture: JSON.stringify(architecture), seed, queuedAt };
      return Number(this.insert.run(row).lastInsertRowid);
    });
  }

  /** Throws `not_found`. */
  get(run: number): Run {
    const row = this.one.get(run);
    if (!row) throw new WorkbenchError('not_found', `This project has no run ${run}.`);
    const { evaluation, ...others } = row;
    const counted = typeof evaluation === 'string' ? JSON.parse(evaluation) : null;
    return parseRow(runSchema, { ...others, evaluation: counted }, 'runs', `run ${run}`);
  }

  /** What it was asked to be; a batch that was reduced for memory is an amendment, which the run itself tells. */
  spec(run: number): RunSpec {
    const row = this.specOf.get(run);
    if (!row) throw new WorkbenchError('not_found', `This project has no run ${run}.`);
    const { kind, spec, architecture, seed } = row;
    const seeded = kind === 'evaluate' ? {} : { seed };
    const whole = { ...JSON.parse(spec), kind, architecture: JSON.parse(architecture), ...seeded };
    return parseRow(runSpecSchema, whole, 'runs', `run ${run}`);
  }

  /** Queued and running runs of an experiment. */
  unfinished(experiment: number): number[] {
    return this.open.all(experiment).map(({ run }) => run);
  }

  /** Of the whole project. */
  allUnfinished(): Set<number> {
    return new Set(this.everyOpen.all().map(({ run }) => run));
  }

  /** Likewise for one purpose. */
  unfinishedFor(purpose: RunPurpose): number[] {
    return this.ofPurpose.all(purpose).map(({ run }) => run);
  }

  /** Runs of an experiment by purpose and state. */
  counts(experiment: number): readonly { purpose: RunPurpose; state: RunState; count: number }[] {
    return this.counted.all(experiment);
  }

  /** The next lease of a run; every older one is void from here on. Null when the run is finished. */
  lease(run: number): Lease | null {
    return this.commits.run(() => {
      const fenced = this.fence.get(run);
      return fenced ? { run, epoch: fenced.epoch } : null;
    });
  }

  /** Somebody is at work under the lease; false when it is void. */
  begin(lease: Lease, at: string): boolean {
    return this.commits.run(() => this.told(lease.run, this.take.run({ ...lease, at }).changes));
  }

  isHeld(lease: Lease): boolean {
    return this.holds.get(lease) !== undefined;
  }

  /** Where the run stands, and the time since the last such word; false when the lease is void. */
  advance(lease: Lease, step: number, steps: number, addedMs: number): boolean {
    return this.commits.run(() => this.told(lease.run, this.move.run({ ...lease, step, steps, addedMs }).changes));
  }

  /** Adds to the time of a try that ended without a word of its own; false when the lease is void. */
  addTime(lease: Lease, addedMs: number): boolean {
    return this.commits.run(() => this.told(lease.run, this.pass.run({ ...lease, addedMs }).changes));
  }

  /**
   * Has the run begin anew with fewer images a step. A checkpoint of another batch can't be gone on from, so none is
   * left; returns their files. Null when the lease is void, and nothing is written then.
   */
  reduceBatch(lease: Lease, batchSize: number): string[] | null {
    return this.commits.run(() => {
      const isHeld = this.told(lease.run, this.shrink.run({ ...lease, batchSize }).changes);
      return isHeld ? this.checkpoints.removeAll(lease.run) : null;
    });
  }

  /** Ends the run; null when the lease is void, and nothing is written then. Else the files of its checkpoints. */
  finish(lease: Lease, end: RunEnd, at: string): string[] | null {
    return this.commits.run(() => this.over(lease.run, this.close.run({ ...lease, ...toEnding(end), at }).changes));
  }

  /** Gives a suspended run back to the queue; false when the lease is void. */
  giveBack(lease: Lease): boolean {
    return this.commits.run(() => this.told(lease.run, this.back.run(lease).changes));
  }

  /** Cancels an unfinished run whoever holds it; null when it is finished. Else the files of its checkpoints. */
  cancel(run: number, message: string, at: string): string[] | null {
    return this.commits.run(() => this.over(run, this.drop.run({ run, message, at }).changes));
  }

  /** Forgets a run that was never begun, and that nothing refers to any more. */
  forget(run: number): void {
    this.commits.run(() => this.erase.run(run));
  }

  /** Completed trials of an experiment with a higher reward. */
  better(experiment: number, reward: number): number {
    return this.above.get(experiment, reward)?.count ?? 0;
  }

  /** Trials of an experiment that keep their weights though so many are better; an earlier one is, with equal reward. */
  withWeightsBeyond(experiment: number, kept: number): { run: number; weights: string }[] {
    return this.beyond.all(experiment, kept);
  }

  usesWeights(hash: string): boolean {
    return this.uses.get(hash) !== undefined;
  }

  /** Its weights are kept no longer. */
  releaseWeights(run: number): void {
    this.commits.run(() => this.told(run, this.release.run(run).changes));
  }

  private over(run: number, changes: number): string[] | null {
    const files = changes > 0 ? this.checkpoints.removeAll(run) : null;
    this.told(run, changes);
    return files;
  }

  private told(run: number, changes: number): boolean {
    if (changes > 0) this.rows.runChanged(run);
    return changes > 0;
  }
}

interface InsertedRun {
  experiment: number | null;
  kind: RunKind;
  purpose: RunPurpose;
  setting: number;
  architecture: string;
  seed: number;
  queuedAt: string;
}

interface Ending {
  state: RunState;
  reward: number | null;
  bestAccuracy: number | null;
  bestEpoch: number | null;
  evaluation: string | null;
  failure: string | null;
  message: string | null;
  weightsHash: string | null;
  weights: string | null;
  durationMs: number;
}

function toEnding({ outcome, durationMs, weightsHash, weights }: RunEnd): Ending {
  const nothing = { reward: null, bestAccuracy: null, bestEpoch: null, evaluation: null, failure: null, message: null };
  const common = { ...nothing, durationMs, weightsHash, weights };
  switch (outcome.kind) {
    case 'completed': {
      const { reward, bestAccuracy, bestEpoch } = outcome;
      return { ...common, state: 'completed', reward, bestAccuracy, bestEpoch };
    }
    case 'evaluated': {
      const { kind: _, ...counted } = outcome;
      return { ...common, state: 'completed', evaluation: JSON.stringify(counted) };
    }
    case 'failed':
      return { ...common, state: 'failed', failure: outcome.reason, message: outcome.message };
    default:
      return { ...common, state: outcome.kind, message: outcome.message };
  }
}
