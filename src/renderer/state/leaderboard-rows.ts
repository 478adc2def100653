import type { Trial } from '../../shared/records/experiment.ts';

export const LEADERBOARD_MODES = ['cells', 'trials'] as const;
export type LeaderboardMode = (typeof LEADERBOARD_MODES)[number];

/** One row: a trial, or a distinct cell with all its trials. */
export interface LeaderboardRow {
  /** Names the row for as long as the experiment lasts. */
  readonly key: string;
  /** The row's trial, or the one of a cell's that tells most: best reward, else running, else the first. */
  readonly trial: Trial;
  /** From 1, by reward in the whole experiment; null without a reward. */
  readonly rank: number | null;
  /** A cell's is the mean over its trainings. A fraction. */
  readonly reward: number | null;
  /** Standard deviation of the rewards of a cell that was trained more than once, else null. */
  readonly deviation: number | null;
  readonly best: number | null;
  /** Times the cell was proposed. */
  readonly proposals: number;
}

export const SORT_COLUMNS = ['rank', 'reward', 'best', 'params', 'madds', 'time', 'trial', 'times'] as const;
export type SortColumn = (typeof SORT_COLUMNS)[number];
export interface Sort {
  readonly column: SortColumn;
  readonly isAscending: boolean;
}

/** The rows of an experiment in rank order; those without a reward last, by number. */
export function leaderboardRows(trials: Iterable<Trial>, mode: LeaderboardMode): LeaderboardRow[] {
  const rows = mode === 'trials' ? [...trials].map(trialRow) : cellRows(trials);
  rows.sort(byReward);
  return rows.map((row, index) => (row.reward === null ? row : { ...row, rank: index + 1 }));
}

function trialRow(trial: Trial): LeaderboardRow {
  return {
    key: `trial ${trial.trial}`,
    trial,
    rank: null,
    reward: trial.reward,
    deviation: null,
    best: trial.bestAccuracy,
    proposals: 1,
  };
}

function cellRows(trials: Iterable<Trial>): LeaderboardRow[] {
  const cells = new Map<string, Trial[]>();
  for (const trial of trials) {
    const cell = cells.get(trial.hash);
    if (cell === undefined) cells.set(trial.hash, [trial]);
    else cell.push(trial);
  }
  return [...cells].map(([hash, trialsOfCell]) => cellRow(hash, trialsOfCell));
}

function cellRow(hash: string, trials: readonly Trial[]): LeaderboardRow {
  const trained = trials.filter(({ reward, reusedFrom }) => reward !== null && reusedFrom === null);
  const rewarded = trained.length > 0 ? trained : trials.filter(({ reward }) => reward !== null);
  const rewards = rewarded.map(({ reward }) => reward ?? 0);
  const mean = rewards.length === 0 ? null : rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
  const accuracies = rewarded.map(({ bestAccuracy }) => bestAccuracy ?? 0);
  return {
    key: `cell ${hash}`,
    trial: tellingTrial(trials, rewarded),
    rank: null,
    reward: mean,
    deviation: mean === null || rewards.length < 2 ? null : deviation(rewards, mean),
    best: accuracies.length === 0 ? null : Math.max(...accuracies),
    proposals: trials.length,
  };
}

function tellingTrial(trials: readonly Trial[], rewarded: readonly Trial[]): Trial {
  const best = rewarded.reduce<Trial | undefined>(
    (most, trial) => (most === undefined || (trial.reward ?? 0) > (most.reward ?? 0) ? trial : most),
    undefined,
  );
  const first = trials.reduce((least, trial) => (trial.trial < least.trial ? trial : least));
  return best ?? trials.find(({ state }) => state === 'running') ?? first;
}

/** Of a sample: divided by one less than their number. */
function deviation(values: readonly number[], mean: number): number {
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

const byReward = (one: LeaderboardRow, other: LeaderboardRow): number =>
  (other.reward ?? -1) - (one.reward ?? -1) || one.trial.trial - other.trial.trial;

const SORT_VALUES: Readonly<Record<SortColumn, (row: LeaderboardRow) => number | null>> = {
  rank: ({ rank }) => rank,
  reward: ({ reward }) => reward,
  best: ({ best }) => best,
  params: ({ trial }) => trial.trainableParameters,
  madds: ({ trial }) => trial.multiplyAdds,
  time: ({ trial }) => trial.durationMs,
  trial: ({ trial }) => trial.trial,
  times: ({ proposals }) => proposals,
};

/** Rows in another order: ties by number, rows without the value last whatever the direction. */
export function sortRows(rows: readonly LeaderboardRow[], { column, isAscending }: Sort): LeaderboardRow[] {
  const value = SORT_VALUES[column];
  const direction = isAscending ? 1 : -1;
  return [...rows].sort((one, other) => {
    const [first, second] = [value(one), value(other)];
    if (first === null || second === null) return Number(first === null) - Number(second === null) || tie(one, other);
    return direction * (first - second) || tie(one, other);
  });
}

const tie = (one: LeaderboardRow, other: LeaderboardRow): number => one.trial.trial - other.trial.trial;
