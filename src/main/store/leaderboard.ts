import type { Trial, TrialState } from '../../shared/records/experiment.ts';
import type { LeaderboardQuery, LeaderboardRow, SortColumn } from '../../shared/records/leaderboard.ts';
import type { Labels } from './labels.ts';
import type { Trials } from './trials.ts';

/** The ranked rows of an experiment, read whole and computed in memory. */
export class Leaderboard {
  private readonly trials: Trials;
  private readonly labels: Labels;

  constructor(trials: Trials, labels: Labels) {
    this.trials = trials;
    this.labels = labels;
  }

  read(experiment: number, query: LeaderboardQuery, offset: number, limit: number) {
    const rows = this.rows(experiment, query);
    const counts = { queued: 0, running: 0, completed: 0, failed: 0, pruned: 0, cancelled: 0 };
    for (const { trial } of rows) counts[trial.state]++;
    const best = this.rows(experiment, { ...query, isTrash: false }).find(({ rank }) => rank === 1);
    return {
      total: rows.length,
      rows: rows.slice(offset, offset + limit),
      counts,
      best: best?.trial.trial ?? null,
    };
  }

  find(experiment: number, query: LeaderboardQuery, trial: number) {
    const { hash } = this.trials.get(experiment, trial);
    const rows = this.rows(experiment, query);
    const isIt = (row: LeaderboardRow) =>
      query.mode === 'cells' ? row.trial.hash === hash : row.trial.trial === trial;
    const index = rows.findIndex(isIt);
    return { index: index < 0 ? null : index, row: rows.find(isIt) ?? null };
  }

  private rows(experiment: number, { mode, sort, isTrash }: LeaderboardQuery): LeaderboardRow[] {
    const trials = this.trials.list(experiment).filter(({ trashedAt }) => (trashedAt !== null) === isTrash);
    const cells = Map.groupBy(trials, ({ hash }) => hash);
    const groups = mode === 'cells' ? [...cells.values()] : trials.map((trial) => [trial]);
    const rows = groups.map((group) => this.row(group, cells));
    rows.sort(compareBy('reward', -1));
    const ranked = rows.map((row, index) => (row.reward === null || isTrash ? row : { ...row, rank: index + 1 }));
    return ranked.sort(compareBy(sort.column, sort.isAscending ? 1 : -1));
  }

  private row(group: readonly Trial[], cells: ReadonlyMap<string, readonly Trial[]>): LeaderboardRow {
    const trained = group.filter(({ reward, reusedFrom }) => reward !== null && reusedFrom === null);
    const rewarded = trained.length > 0 ? trained : group.filter(({ reward }) => reward !== null);
    const rewards = rewarded.map(({ reward }) => reward ?? 0);
    const mean = rewards.length === 0 ? null : rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
    const squares = rewards.reduce((sum, reward) => sum + (reward - (mean ?? 0)) ** 2, 0);
    const accuracies = group.flatMap(({ bestAccuracy }) => bestAccuracy ?? []);
    const trial = tellingTrial(group, rewarded);
    const proposed = (cells.get(trial.hash) ?? []).filter(({ batch }) => batch !== null);
    return {
      trial,
      rank: null,
      reward: mean,
      deviation: rewards.length < 2 ? null : Math.sqrt(squares / (rewards.length - 1)),
      best: accuracies.length === 0 ? null : Math.max(...accuracies),
      proposals: Math.max(1, proposed.length),
      labels: this.labels.get(trial.experiment, trial.hash),
    };
  }
}

function tellingTrial(group: readonly Trial[], rewarded: readonly Trial[]): Trial {
  const best = rewarded.toSorted((one, other) => (other.reward ?? 0) - (one.reward ?? 0) || one.trial - other.trial)[0];
  const running = group.find(({ state }) => state === 'running');
  return best ?? running ?? (group[0] as Trial);
}

const STATE_ORDER: readonly TrialState[] = ['running', 'queued', 'completed', 'pruned', 'cancelled', 'failed'];

const VALUES: Readonly<Record<SortColumn, (row: LeaderboardRow) => number | string | null>> = {
  reward: ({ reward }) => reward,
  best: ({ best }) => best,
  params: ({ trial }) => trial.trainableParameters,
  madds: ({ trial }) => trial.multiplyAdds,
  time: ({ trial }) => trial.durationMs,
  state: ({ trial }) => STATE_ORDER.indexOf(trial.state),
  origin: ({ trial }) => trial.origin,
  times: ({ proposals }) => proposals,
  trial: ({ trial }) => trial.trial,
  update: ({ trial }) => trial.batch,
  hash: ({ trial }) => trial.hash,
  seed: ({ trial }) => trial.seed,
  attempts: ({ trial }) => trial.attempts,
  started: ({ trial }) => trial.startedAt,
  star: ({ labels }) => Number(labels.isStarred),
  note: ({ labels }) => (labels.note === '' ? null : labels.note),
};

/** Rows without the value last whatever the direction; ties by number. */
function compareBy(column: SortColumn, direction: 1 | -1) {
  return (one: LeaderboardRow, other: LeaderboardRow): number => {
    const [first, second] = [VALUES[column](one), VALUES[column](other)];
    const tie = one.trial.trial - other.trial.trial;
    if (first === second) return tie;
    if (first === null || second === null) return first === null ? 1 : -1;
    return first < second ? -direction : direction;
  };
}
