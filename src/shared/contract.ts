import { z } from 'zod';
import { architectureSchema, scaleSchema } from './records/architecture.ts';
import { updateReportSchema } from './records/controller.ts';
import { datasetSchema } from './records/dataset.ts';
import { doctorReportSchema } from './records/doctor.ts';
import { experimentConfigSchema, experimentSchema, trialEpochSchema, trialSchema } from './records/experiment.ts';

/** Which experiment; ids count from 1 within a project. */
const experimentId = z.strictObject({ experiment: z.int().min(1) });
const trialId = experimentId.extend({ trial: z.int().min(1) });
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
});
export type CostSummary = z.infer<typeof costSchema>;

/**
 * The only list of what a workbench can be asked: `noun.verb`, its input and its output. Inputs are always parsed
 * where they arrive; outputs are parsed in tests.
 */
export const PROCEDURES = {
  /** Devices, versions, memory, disk; what is missing and its remedy. */
  'system.doctor': { input: nothing, output: doctorReportSchema },
  'dataset.list': { input: nothing, output: z.array(datasetSchema) },
  /** Fetches and prepares a data set that Cellwright knows by name. */
  'dataset.add': { input: z.strictObject({ name: z.string().min(1) }), output: datasetSchema },
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
  /** Trials in rank order: reward descending, ties by number; those without a reward last. */
  'experiment.leaderboard': {
    input: experimentId.extend({ offset: z.int().min(0), limit: z.int().min(1).max(100_000) }),
    output: z.strictObject({ total: z.int(), trials: z.array(trialSchema) }),
  },
  /** What the controller learned, one report an update. */
  'controller.updates': { input: experimentId, output: z.array(updateReportSchema) },
  'trial.get': { input: trialId, output: trialSchema },
  'trial.epochs': { input: trialId, output: z.array(trialEpochSchema) },
  /** Ends a queued or running trial as `cancelled`: no reward, and a new proposal takes its place. */
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
    epoch: z.int(),
    epochs: z.int(),
    step: z.int(),
    steps: z.int(),
    stepMs: z.number(),
    loss: z.number().nullable(),
  }),
  /** Something a person should know: a trainer that was restarted, a trial that is retried. */
  'log.added': z.strictObject({
    at: z.iso.datetime(),
    level: z.enum(['info', 'warn', 'error']),
    experiment: z.int().nullable(),
    trial: z.int().nullable(),
    message: z.string(),
  }),
} as const satisfies Record<string, z.ZodType>;

export type ProcedureName = keyof typeof PROCEDURES;
export type ProcedureInput<P extends ProcedureName> = z.infer<(typeof PROCEDURES)[P]['input']>;
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
