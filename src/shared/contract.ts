import { z } from 'zod';
import { architectureSchema, scaleSchema } from './records/architecture.ts';
import { updateReportSchema } from './records/controller.ts';
import { datasetFetchSchema, datasetNameSchema, datasetSampleSchema, datasetSchema } from './records/dataset.ts';
import { doctorReportSchema } from './records/doctor.ts';
import { searchEstimateSchema } from './records/estimate.ts';
import { experimentConfigSchema, experimentSchema, trialEpochSchema, trialSchema } from './records/experiment.ts';
import {
  cellLabelsSchema,
  leaderboardQuerySchema,
  leaderboardRowSchema,
  namedViewSchema,
  operationShareSchema,
  scatterSchema,
  searchCurveSchema,
} from './records/leaderboard.ts';
import { attemptSchema, logEntrySchema, workbenchStatusSchema } from './records/log.ts';

/**
 * Of this contract, told when a connection opens: two ends of different versions don't talk. Raised by one when a schema
 * below changes so that an end of before and one of now could misread each other; test/shared/contract.test.ts asks for
 * the decision at every change.
 */
export const CONTRACT_VERSION = 1;

/** Which experiment; ids count from 1 within a project. */
const experimentId = z.strictObject({ experiment: z.int().min(1) });
const runNumber = z.int().min(1);
/** A trial, as its own run or another one shows it. */
const trialId = experimentId.extend({ trial: z.int().min(1), run: runNumber.default(1) });
const rowId = z.strictObject({ trial: z.int().min(1), run: runNumber.default(1) });
const rowIds = experimentId.extend({ rows: z.array(rowId).min(1).max(100_000) });
const trialIds = experimentId.extend({ trials: z.array(z.int().min(1)).min(1).max(100_000) });
const leaderboardQuery = experimentId.extend(leaderboardQuerySchema.shape);
const nothing = z.strictObject({});

export const costSchema = z.strictObject({
  /** Weights and biases that are learned. */
  trainableParameters: z.int(),
  /** The moving means and variances of batch normalisation as well. */
  totalParameters: z.int(),
  /** Multiply-adds of convolutions and dense layers for one image. */
  multiplyAdds: z.int(),
  /** Named feature maps, `[height, width, channels]`, in order. */
  endpoints: z.array(z.strictObject({ name: z.string(), shape: z.array(z.int()) })),
  /** Stem, cells, auxiliary classifier (where there is one) and head, in order. */
  parts: z.array(
    z.strictObject({
      name: z.string(),
      /** `normal` or `reduction` of a cell, else empty. */
      kind: z.string(),
      /** `[height, width, channels]`; null where it says nothing. */
      outputShape: z.array(z.int()).nullable(),
      trainableParameters: z.int(),
      multiplyAdds: z.int(),
    }),
  ),
  /** Weights and the most that is held at once for one image, in float32. */
  inferenceBytes: z.int(),
});

/**
 * The only list of what a workbench can be asked: `noun.verb`, its input and its output. Inputs are always parsed
 * where they arrive; outputs are parsed in tests.
 */
export const PROCEDURES = {
  /** Devices, versions, memory, disk; what is missing and its remedy. */
  'system.doctor': { input: nothing, output: doctorReportSchema },
  'system.status': { input: nothing, output: workbenchStatusSchema },
  /** Newest last; of one trial, of one experiment, or of all. */
  'log.list': {
    input: z.strictObject({
      experiment: z.int().min(1).nullable(),
      trial: z.int().min(1).nullable(),
      limit: z.int().min(1).max(10_000),
    }),
    output: z.array(logEntrySchema),
  },
  'dataset.list': { input: nothing, output: z.array(datasetSchema) },
  /** Those that are there and can't be opened, and why. */
  'dataset.damaged': { input: nothing, output: z.array(z.strictObject({ name: z.string(), problem: z.string() })) },
  /**
   * Fetches and prepares a data set that Cellwright knows by name. Goes on when its caller is gone, until it ends or
   * somebody cancels it; a second caller waits for the one that is under way.
   */
  'dataset.add': { input: z.strictObject({ name: z.string().min(1) }), output: datasetSchema },
  /**
   * Ends a running `dataset.add` as `cancelled`, for all who wait for it, and answers when it has ended. Nothing
   * half-done is left. Gives how it ended: `ready` or `failed` where it came to that in the same moment, and once more
   * the same where it was cancelled before; refused (`conflict`) where nothing is being fetched.
   */
  'dataset.cancelFetch': { input: z.strictObject({ name: z.string().min(1) }), output: datasetFetchSchema },
  /** The last fetch of each data set since the workbench was started: under way, or how it ended. */
  'dataset.fetches': { input: nothing, output: z.array(datasetFetchSchema) },
  /** A training image of each of the first classes, ten at most. */
  'dataset.samples': { input: z.strictObject({ name: datasetNameSchema }), output: z.array(datasetSampleSchema) },
  /** Parameters, multiply-adds and shapes from the description alone; nothing is built. */
  'model.describe': {
    input: z.strictObject({ architecture: architectureSchema, scale: scaleSchema }),
    output: costSchema,
  },
  'experiment.list': { input: nothing, output: z.array(experimentSchema) },
  'experiment.get': { input: experimentId, output: experimentSchema },
  /** Stores an experiment and starts it. */
  'experiment.create': { input: z.strictObject({ config: experimentConfigSchema }), output: experimentSchema },
  /** Running trials are saved and go on at `experiment.resume`. */
  'experiment.pause': { input: experimentId, output: experimentSchema },
  /** Goes on where the experiment stands; also after a crash. */
  'experiment.resume': { input: experimentId, output: experimentSchema },
  /** Ends the experiment; running trials end as `cancelled`. */
  'experiment.stop': { input: experimentId, output: experimentSchema },
  /** Changes what is left of a search. */
  'experiment.change': {
    input: experimentId.extend({
      trials: z.int().min(1).max(1_000_000).optional(),
      timeLimitMs: z.int().min(0).optional(),
      trialsAtOnce: z.int().min(1).max(64).optional(),
    }),
    output: experimentSchema,
  },
  /**
   * What a search would take on this machine. Rests on trials of the same kind where there are any, else on a short
   * calibration that is kept; that takes some seconds, and is refused (`conflict`) while trainers are busy.
   */
  'experiment.estimate': { input: z.strictObject({ config: experimentConfigSchema }), output: searchEstimateSchema },
  /** The random search with the same budget beside a search: the one that is there, else a new one that starts. */
  'experiment.twin': { input: experimentId, output: experimentSchema },
  /** Trials with a reward that the filter lets through. */
  'experiment.scatter': { input: experimentId.extend({ filter: z.string().max(2_000) }), output: scatterSchema },
  'experiment.operations': { input: experimentId, output: z.array(operationShareSchema) },
  'experiment.curve': { input: experimentId, output: searchCurveSchema },
  /** Some rows of the leaderboard. Throws `invalid_input` with a sentence where the filter does not parse. */
  'leaderboard.read': {
    input: leaderboardQuery.extend({ offset: z.int().min(0), limit: z.int().min(1).max(1_000) }),
    output: z.strictObject({
      /** Rows that the filter lets through. */
      total: z.int(),
      rows: z.array(leaderboardRowSchema),
      /** Rows by state under the filter without its states. */
      counts: experimentSchema.shape.counts,
      /** Of the whole experiment: the best row, which a page selects when the address names none. */
      best: rowId.nullable(),
    }),
  },
  /** Where a run of a trial, or its cell, stands in that order; null where the filter hides it. */
  'leaderboard.find': {
    input: leaderboardQuery.extend(rowId.shape),
    output: z.strictObject({ index: z.int().nullable(), row: leaderboardRowSchema }),
  },
  /** Changes what is given of the cells of these trials. */
  'leaderboard.label': {
    input: trialIds.extend({
      isStarred: z.boolean().optional(),
      note: cellLabelsSchema.shape.note.optional(),
      addTags: cellLabelsSchema.shape.tags.optional(),
      removeTags: cellLabelsSchema.shape.tags.optional(),
    }),
    output: nothing,
  },
  /** Those that cells of the experiment have, each once, in the order of the alphabet. */
  'leaderboard.tags': { input: experimentId, output: z.array(z.string()) },
  /** Named filters, by name. */
  'view.list': { input: nothing, output: z.array(namedViewSchema) },
  /** Replaces the one of that name. */
  'view.save': { input: z.strictObject({ view: namedViewSchema }), output: nothing },
  'view.remove': { input: z.strictObject({ name: z.string() }), output: nothing },
  /** What the controller learned, one report an update, with probabilities to five places. */
  'controller.updates': { input: experimentId, output: z.array(updateReportSchema) },
  'trial.get': { input: trialId, output: trialSchema },
  'trial.epochs': { input: trialId, output: z.array(trialEpochSchema) },
  'trial.attempts': { input: trialId, output: z.array(attemptSchema) },
  /**
   * Trains a finished trial's architecture again with other seeds: further runs of the trial. The controller does not
   * learn from them and they are not part of the budget. Starts the search's trainers where nothing runs.
   */
  'trial.repeat': {
    input: experimentId.extend({ trial: z.int().min(1), times: z.int().min(1).max(20) }),
    output: z.array(trialSchema),
  },
  /** Hides finished rows from views and exports; unfinished ones are refused (`conflict`). Gives those that changed. */
  'trial.trash': { input: rowIds, output: z.array(rowId) },
  'trial.restore': { input: rowIds, output: z.array(rowId) },
  /** Ends a queued or running trial as `cancelled`: no reward; a new proposal takes its place, unless it is a repeat. */
  'trial.cancel': { input: trialId, output: trialSchema },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

/** What a workbench tells, after it is stored: `noun.pastParticiple`. Rows are whole, never deltas. */
export const EVENTS = {
  'experiment.changed': experimentSchema,
  'trial.changed': trialSchema,
  'epoch.added': trialEpochSchema,
  'controller.updated': z.strictObject({ experiment: z.int().min(1), report: updateReportSchema }),
  /** Where a running trial stands; not stored, a few times a second at most. */
  'trial.progressed': z.strictObject({
    experiment: z.int(),
    trial: z.int(),
    run: z.int(),
    epoch: z.int(),
    epochs: z.int(),
    step: z.int(),
    steps: z.int(),
    stepMs: z.number(),
    loss: z.number().nullable(),
  }),
  /** Where a `dataset.add` stands; not stored, twice a second at most. */
  'dataset.progressed': datasetFetchSchema,
  /** Labels of a cell, which all its trials show. */
  'cell.labelled': z.strictObject({ experiment: z.int(), hash: z.string(), labels: cellLabelsSchema }),
  'views.changed': z.array(namedViewSchema),
  'log.added': logEntrySchema,
} as const satisfies Record<string, z.ZodType>;

export type ProcedureName = keyof typeof PROCEDURES;
/** As a client asks, and as a handler hears: what was left out stands at its default there. */
export type ProcedureRequest<P extends ProcedureName> = z.input<(typeof PROCEDURES)[P]['input']>;
export type ProcedureInput<P extends ProcedureName> = z.output<(typeof PROCEDURES)[P]['input']>;
export type ProcedureOutput<P extends ProcedureName> = z.infer<(typeof PROCEDURES)[P]['output']>;
export type EventName = keyof typeof EVENTS;
export type EventPayload<E extends EventName> = z.infer<(typeof EVENTS)[E]>;
export type WorkbenchEvent = { [E in EventName]: { name: E; payload: EventPayload<E> } }[EventName];

/** A procedure without a handler does not compile. */
export type Handlers = {
  [P in ProcedureName]: (
    input: ProcedureInput<P>,
    signal: AbortSignal,
  ) => ProcedureOutput<P> | Promise<ProcedureOutput<P>>;
};
