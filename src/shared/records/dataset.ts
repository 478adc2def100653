import { z } from 'zod';
import { channelsSchema } from './architecture.ts';

/** What a data set's folder may be called: also its name in every request. */
export const datasetNameSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);

/** A data set as a run names it. Versions count from 1; adding or changing images makes the next one. */
export const datasetRefSchema = z.strictObject({ name: datasetNameSchema, version: z.int().min(1) });
export type DatasetRef = z.infer<typeof datasetRefSchema>;

/** What a data set's labels ask of a network. */
export const TASKS = ['classification', 'detection'] as const;
export const taskSchema = z.enum(TASKS);
export type Task = z.infer<typeof taskSchema>;

/** The format of `manifest.json` and of the files beside it that this version writes and reads. */
export const DATASET_FORMAT = 1;

export const datasetFileSchema = z.strictObject({
  name: z.enum(['train-images.bin', 'train-labels.bin', 'test-images.bin', 'test-labels.bin']),
  sizeBytes: z.int().min(0),
  /** Lower-case hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type DatasetFile = z.infer<typeof datasetFileSchema>;

/**
 * A stored data set: the contents of its `manifest.json`. Beside it lie the images as raw uint8
 * `[count, height, width, channels]`, row-major, and the labels as little-endian int32 `[count]`, indices into `classes`.
 */
export const datasetSchema = z
  .strictObject({
    format: z.literal(DATASET_FORMAT),
    name: datasetNameSchema,
    /** For people, such as "CIFAR-10". */
    title: z.string().min(1),
    /** Pixels. */
    imageSize: z.strictObject({ height: z.int().min(1), width: z.int().min(1) }),
    channels: channelsSchema,
    classes: z.array(z.string().min(1)).min(2),
    /** Images of each split. The validation images are taken from the training images, anew for each experiment. */
    counts: z.strictObject({ train: z.int().min(1), test: z.int().min(0) }),
    files: z.array(datasetFileSchema).length(4),
    /**
     * Of each channel over the training images, in units of a pixel's value / 255. For people who read the manifest, and
     * a part of what an experiment knows its data set by. Training reads neither this nor `deviation`: it whitens each
     * image by its own.
     */
    mean: z.array(z.number()),
    /** Standard deviation in the same unit; 1 for a constant channel. */
    deviation: z.array(z.number().positive()),
    /** Where the images come from, for people. */
    source: z.string(),
    licence: z.string(),
  })
  .refine(
    ({ channels, mean, deviation }) => mean.length === channels && deviation.length === channels,
    'mean and deviation need a number for each channel',
  );
export type Dataset = z.infer<typeof datasetSchema>;

/** A training image as a page shows it. */
export const datasetSampleSchema = z.strictObject({
  /** Index into `classes`. */
  label: z.int().min(0),
  height: z.int().min(1),
  width: z.int().min(1),
  /** Base64 of uint8 `[height, width, 3]`, row-major; grey is three times the same. */
  pixels: z.base64(),
});
export type DatasetSample = z.infer<typeof datasetSampleSchema>;

/** Where the fetching of a data set stands, or how it ended. Not stored. */
export const datasetFetchSchema = z.strictObject({
  name: z.string(),
  state: z.enum(['running', 'ready', 'failed', 'cancelled']),
  /** What is being done, such as "Fetching CIFAR-10"; how it ended, and the reason where it failed. */
  text: z.string(),
  /** Of what is being done, from 0 to 1; null where that is unknown. */
  part: z.number().min(0).max(1).nullable(),
  /** Until that is done; null where it is unknown. Milliseconds. */
  leftMs: z.number().min(0).nullable(),
});
export type DatasetFetch = z.infer<typeof datasetFetchSchema>;
