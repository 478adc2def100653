import type { FilterCondition, FilterTerm } from '../../../src/shared/leaderboard/filter.ts';
import type { Trial } from '../../../src/shared/records/experiment.ts';
import type {
  CellLabels,
  LeaderboardQuery,
  LeaderboardRow,
  SortColumn,
} from '../../../src/shared/records/leaderboard.ts';
import { liveBlocks } from '../../../src/shared/search-space/live-blocks.ts';

export type LabelsOf = (hash: string) => CellLabels;

/** The leaderboard as its definition reads, over trials in memory: what the one in SQL must equal. */
export function plainRows(
  trials: readonly Trial[],
  labelsOf: LabelsOf,
  { mode, isTrash, sort }: LeaderboardQuery,
  terms: readonly FilterTerm[],
): LeaderboardRow[] {
  const own = trials.filter(({ trashedAt }) => (trashedAt !== null) === isTrash);
  const ofCell = Map.groupBy(own, ({ hash }) => hash);
  const groups = mode === 'cells' ? [...ofCell.values()] : own.map((trial) => [trial]);
  const rows = groups.map((group) => plainRow(group, ofCell.get(group[0]!.hash)!, labelsOf));
  rows.sort(compareBy('reward', -1));
  const ranked = rows.map((row, index) => ({ ...row, rank: row.reward === null || isTrash ? null : index + 1 }));
  const kept = ranked.filter((row) => terms.every(({ isNegated, condition }) => fits(row, condition) !== isNegated));
  return kept.sort(compareBy(sort.column, sort.isAscending ? 1 : -1));
}

function plainRow(group: readonly Trial[], cell: readonly Trial[], labelsOf: LabelsOf): LeaderboardRow {
  const rewarded = group.filter(({ reward }) => reward !== null);
  const trained = rewarded.filter(({ reusedFrom }) => reusedFrom === null);
  const counted = trained.length > 0 ? trained : rewarded;
  const rewards = counted.map(({ reward }) => reward!);
  const mean = rewards.length === 0 ? null : rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
  const squares = rewards.reduce((sum, reward) => sum + (reward - mean!) ** 2, 0);
  const accuracies = group.flatMap(({ bestAccuracy }) => bestAccuracy ?? []);
  const byReward = counted.toSorted(
    (one, other) => other.reward! - one.reward! || one.trial - other.trial || one.run - other.run,
  );
  const trial = byReward[0] ?? group.find(({ state }) => state === 'running') ?? group[0]!;
  const best = accuracies.length === 0 ? null : Math.max(...accuracies);
  const isBest = ({ bestAccuracy }: Trial): boolean => bestAccuracy === best;
  return {
    trial,
    rank: null,
    reward: mean,
    deviation: rewards.length < 2 ? null : Math.sqrt(squares / (rewards.length - 1)),
    best,
    bestEpoch: best === null ? null : (isBest(trial) ? trial : group.find(isBest)!).bestEpoch,
    proposals: Math.max(1, cell.filter(({ purpose }) => purpose === 'proposal').length),
    trials: group.length,
    labels: labelsOf(trial.hash),
  };
}

const STATES = ['running', 'queued', 'completed', 'pruned', 'cancelled', 'failed'];
/** SQLite's NOCASE and LIKE know the letters A to Z. */
const folded = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
const numbersPadded = (text: string): string => text.replace(/\d+/g, (digits) => digits.padStart(10, '0'));

const VALUES: Readonly<Record<SortColumn, (row: LeaderboardRow) => number | string | null>> = {
  reward: ({ reward }) => reward,
  best: ({ best }) => best,
  params: ({ trial }) => trial.trainableParameters,
  madds: ({ trial }) => trial.multiplyAdds,
  time: ({ trial }) => (trial.durationMs === 0 ? null : trial.durationMs),
  state: ({ trial }) => STATES.indexOf(trial.state),
  origin: ({ trial }) => folded(numbersPadded(trial.origin)),
  times: ({ proposals }) => proposals,
  trial: ({ trial }) => trial.trial,
  update: ({ trial }) => trial.batch,
  hash: ({ trial }) => trial.hash,
  seed: ({ trial }) => trial.seed,
  attempts: ({ trial }) => trial.attempts,
  started: ({ trial }) => trial.startedAt,
  star: ({ labels }) => Number(labels.isStarred),
  note: ({ labels }) => (labels.note === '' ? null : folded(labels.note)),
};

function compareBy(column: SortColumn, direction: 1 | -1) {
  return (one: LeaderboardRow, other: LeaderboardRow): number => {
    const [first, second] = [VALUES[column](one), VALUES[column](other)];
    const tie = one.trial.trial - other.trial.trial || one.trial.run - other.trial.run;
    if (first === second) return tie;
    if (first === null || second === null) return first === null ? 1 : -1;
    return first < second ? -direction : direction;
  };
}

function fits(row: LeaderboardRow, condition: FilterCondition): boolean {
  switch (condition.kind) {
    case 'number':
      return condition.ranges.some(({ low, isLowIn, high, isHighIn }) => {
        const value = VALUES[condition.field](row);
        if (typeof value !== 'number') return false;
        const isAbove = low === null || (isLowIn ? value >= low : value > low);
        return isAbove && (high === null || (isHighIn ? value <= high : value < high));
      });
    case 'date':
      return condition.ranges.some(({ low, high }) => {
        const { startedAt } = row.trial;
        return startedAt !== null && (low === null || startedAt >= low) && (high === null || startedAt < high);
      });
    case 'state':
      return condition.states.includes(row.trial.state);
    case 'operation':
      return operationsOf(row.trial).some((operation) => condition.operations.some((wanted) => wanted === operation));
    case 'star':
      return row.labels.isStarred;
    case 'text':
      return condition.texts.some((text) => hasText(row, condition.field, folded(text)));
  }
}

function hasText({ trial, labels }: LeaderboardRow, field: 'origin' | 'hash' | 'note' | 'tag' | 'any', text: string) {
  const tags = labels.tags.map(folded);
  const finds = {
    origin: () => folded(trial.origin).includes(text),
    hash: () => folded(trial.hash).startsWith(text),
    note: () => folded(labels.note).includes(text),
    tag: () => tags.includes(text),
  };
  if (field !== 'any') return finds[field]();
  return finds.origin() || finds.hash() || finds.note() || tags.some((tag) => tag.includes(text));
}

export function operationsOf({ architecture }: Trial): string[] {
  return [architecture.normal, architecture.reduction].flatMap((cell) =>
    liveBlocks(cell).flatMap((index) => [cell.blocks[index]!.left.operation, cell.blocks[index]!.right.operation]),
  );
}
