import { z } from 'zod';
import { operationSchema } from './architecture.ts';
import { trialSchema } from './experiment.ts';

export const LEADERBOARD_MODES = ['cells', 'trials'] as const;
export const leaderboardModeSchema = z.enum(LEADERBOARD_MODES);
export type LeaderboardMode = z.infer<typeof leaderboardModeSchema>;

/** Columns of the leaderboard that rows can be sorted by; the filter's fields of the same names mean the same. */
export const SORT_COLUMNS = [
  'reward',
  'best',
  'params',
  'madds',
  'time',
  'state',
  'origin',
  'times',
  'trial',
  'update',
  'hash',
  'seed',
  'attempts',
  'started',
  'star',
  'note',
] as const;
export const sortColumnSchema = z.enum(SORT_COLUMNS);
export type SortColumn = z.infer<typeof sortColumnSchema>;

export const sortSchema = z.strictObject({ column: sortColumnSchema, isAscending: z.boolean() });
export type Sort = z.infer<typeof sortSchema>;

/** What a person wrote to a cell; each trial of the cell shows it. */
export const cellLabelsSchema = z.strictObject({
  isStarred: z.boolean(),
  note: z.string().max(2_000),
  /** Without repeats, in alphabetical order. */
  tags: z.array(z.string().trim().min(1).max(40)).max(20),
});
export type CellLabels = z.infer<typeof cellLabelsSchema>;

/** One row: a trial, or a distinct cell with all its trials. */
export const leaderboardRowSchema = z.strictObject({
  /** The row's trial, or the one of a cell's that tells most: best reward, else running, else the first. */
  trial: trialSchema,
  /** From 1, by reward in the whole experiment, whatever filter and sort say; null without a reward. */
  rank: z.int().nullable(),
  /** A cell's is the mean over its trainings. A fraction. */
  reward: z.number().nullable(),
  /** Sample standard deviation of the rewards of a cell that was trained more than once, else null. */
  deviation: z.number().nullable(),
  /** Best validation accuracy at any epoch, over the row's trials. */
  best: z.number().nullable(),
  /** The epoch of it, from 1, in the trial that had it: the row's own where several had, else the first of them. */
  bestEpoch: z.int().nullable(),
  /** Times the cell was proposed; repeats that a person asked for are not among them. */
  proposals: z.int().min(1),
  /** Trials that the row stands for: itself, or all of a cell's outside the trash or in it, repeats among them. */
  trials: z.int().min(1),
  labels: cellLabelsSchema,
});
export type LeaderboardRow = z.infer<typeof leaderboardRowSchema>;

/** Which rows in which order: all that the address of the page says of the table. */
export const leaderboardQuerySchema = z.strictObject({
  mode: leaderboardModeSchema,
  /** The filter's text, see leaderboard/filter.ts. */
  filter: z.string().max(2_000),
  sort: sortSchema,
  /** The rows in the trash instead of those outside it. */
  isTrash: z.boolean(),
});
export type LeaderboardQuery = z.infer<typeof leaderboardQuerySchema>;

/** A filter, an order and columns that were given a name; kept with the project. */
export const namedViewSchema = leaderboardQuerySchema.omit({ isTrash: true }).extend({
  name: z.string().trim().min(1).max(100),
  /** Names of the shown columns in their order; empty for the default ones. */
  columns: z.array(z.string().min(1).max(40)).max(40),
});
export type NamedView = z.infer<typeof namedViewSchema>;

/** How one operation does in an experiment. Each is a fraction; null where there is no trial. */
export const operationShareSchema = z.strictObject({
  operation: operationSchema,
  /** Part of all operations in the best 25 trials, and in all trials with a reward. */
  topShare: z.number(),
  share: z.number(),
  /** Mean reward, and number, of the trials whose cells have it, and of those whose cells lack it. */
  having: z.strictObject({ reward: z.number().nullable(), count: z.int() }),
  lacking: z.strictObject({ reward: z.number().nullable(), count: z.int() }),
});
export type OperationShare = z.infer<typeof operationShareSchema>;

/** Rows with a reward as columns of equal length, in order of their trials and runs. */
export const scatterSchema = z.strictObject({
  trial: z.array(z.int()),
  run: z.array(z.int()),
  reward: z.array(z.number()),
  trainableParameters: z.array(z.int()),
  multiplyAdds: z.array(z.int()),
  durationMs: z.array(z.number()),
});
export type Scatter = z.infer<typeof scatterSchema>;

/**
 * The paper's figure 6: after so many proposals (failed ones count) the best reward, and the mean of the best 5 and 25;
 * null while there are fewer. Columns of equal length, at most 1,000 points (ours), the last one exact.
 */
export const searchCurveSchema = z.strictObject({
  proposals: z.array(z.int()),
  best: z.array(z.number().nullable()),
  top5: z.array(z.number().nullable()),
  top25: z.array(z.number().nullable()),
});
export type SearchCurve = z.infer<typeof searchCurveSchema>;
