import { z } from 'zod';

const range = z.strictObject({ low: z.number().min(0), likely: z.number().min(0), high: z.number().min(0) });

/** What a search would take on this machine, before it starts. */
export const searchEstimateSchema = z.strictObject({
  trialMs: range,
  /** The whole search, with its trials at once. */
  searchMs: range,
  /** Of one trainer; and what the machine (or the GPU) has. Bytes. */
  trainerBytes: z.int().min(0),
  availableBytes: z.int().min(0),
  /** False where the trainers would not fit into memory. */
  fits: z.boolean(),
  /** What it rests on, in words: "12 trials of this project", "a calibration of 14:02". */
  basis: z.string(),
});
export type SearchEstimate = z.infer<typeof searchEstimateSchema>;
