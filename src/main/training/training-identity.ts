import { createHash } from 'node:crypto';
import { z } from 'zod';
import { batchSizeOf } from '../../shared/batch-sizes.ts';
import { canonicalText, INTRODUCED_WITH } from '../../shared/canonical-form.ts';
import { legacyScale } from '../../shared/search-space/stored-scale.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { binding } from '../tensor/backend.ts';
import type { ImageHashes } from './image-split.ts';
import { processorInstructions } from './processor.ts';
import type { TrainJob } from './train-job.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * The trajectory of a training: what decides each of its numbers, part by part. A checkpoint continues no other one.
 * Its limits and how it picks its reward are none of it; they may change between two attempts.
 */
export const trajectorySchema = z.strictObject({
  /** Of the parts' meaning; see SPEC_VERSION. */
  version: z.int().min(1),
  architecture: sha256,
  scale: sha256,
  /** With the batch that is trained with, in images. */
  recipe: sha256,
  /** Images and classes of the data set. */
  dataset: sha256,
  /** Which of them train and which score, and the seed that chose them. */
  split: sha256,
  seed: z.int(),
});
export type Trajectory = z.infer<typeof trajectorySchema>;

/** As projects of schema 1 and 2 wrote it, recipe and counts in one part. */
export const olderTrajectorySchema = z.strictObject({
  architecture: sha256,
  scale: sha256,
  training: sha256,
  dataset: sha256,
  seed: z.int(),
});
export type OlderTrajectory = z.infer<typeof olderTrajectorySchema>;

/** What the last bits of a result may depend on; another environment may go on, but not bit for bit. */
export const trainingEnvironmentSchema = z.strictObject({
  node: z.string(),
  tensorflow: z.string(),
  platform: z.string(),
  device: z.string(),
  oneDnn: z.string(),
  intraOpThreads: z.string(),
  /** Of the processor. Older checkpoints lack them: unknown, so another environment. */
  instructions: z.string().optional(),
});
export type TrainingEnvironment = z.infer<typeof trainingEnvironmentSchema>;

/** SHA-256 of a text, lower-case hexadecimal. */
function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function trajectoryOf(job: TrainJob, images: ImageHashes): Trajectory {
  const { recipe, subset, splitSeed } = job;
  const effective = { ...recipe, batchSize: batchSizeOf(recipe, subset.training) };
  return {
    version: 1,
    architecture: hash(canonicalText(job.architecture)),
    scale: hash(canonicalText(job.scale, INTRODUCED_WITH.scale)),
    recipe: hash(canonicalText(effective, INTRODUCED_WITH.recipe)),
    dataset: hash(canonicalText(images)),
    split: hash(canonicalText({ ...subset, splitSeed })),
    seed: job.seed,
  };
}

/** The same in the words of schema 1 and 2. */
function olderTrajectoryOf(job: TrainJob, images: ImageHashes): OlderTrajectory {
  const { preprocessing: _, ...recipe } = job.recipe;
  const { training: trainingImages, validation: validationImages } = job.subset;
  return {
    architecture: hash(canonicalText(job.architecture)),
    scale: hash(canonicalText(legacyScale(job.scale) ?? job.scale)),
    training: hash(canonicalText({ ...recipe, trainingImages, validationImages })),
    dataset: hash(canonicalText({ ...images, splitSeed: job.splitSeed })),
    seed: job.seed,
  };
}

const WORDS: Readonly<Record<keyof (Trajectory & OlderTrajectory), string>> = {
  version: 'another meaning of its settings',
  architecture: 'another architecture',
  scale: 'another scale',
  recipe: 'another recipe',
  training: 'other training settings',
  dataset: 'another data set or split',
  split: 'another split',
  seed: 'another seed',
};

/** Throws `conflict`, saying what differs, unless a checkpoint of this trajectory is one of the job's. */
export function expectSameTrajectory(stored: Trajectory | OlderTrajectory, job: TrainJob, images: ImageHashes): void {
  const wanted = 'version' in stored ? trajectoryOf(job, images) : olderTrajectoryOf(job, images);
  const parts = Object.keys(stored) as (keyof typeof WORDS)[];
  const different = parts.filter((part) => Reflect.get(stored, part) !== Reflect.get(wanted, part));
  if (different.length === 0) return;
  const reasons = different.map((part) => WORDS[part]).join(', ');
  throw new WorkbenchError('conflict', `This checkpoint belongs to another training (${reasons}): start it afresh.`);
}

export function trainingEnvironment(device: string): TrainingEnvironment {
  const { TF_ENABLE_ONEDNN_OPTS: oneDnn = '', TF_NUM_INTRAOP_THREADS: intraOpThreads = '' } = process.env;
  const { TF_Version: tensorflow } = binding();
  const platform = `${process.platform} ${process.arch}`;
  const instructions = processorInstructions();
  return { node: process.version, tensorflow, platform, device, oneDnn, intraOpThreads, instructions };
}
