import { z } from 'zod';

/**
 * What one update of the PPO controller did: plain JSON, stored with the snapshot and drawn by the controller's
 * screen. Lists over results are in proposal order.
 */
export const updateReportSchema = z.strictObject({
  /** Counted from 1. */
  update: z.int().min(1),
  /** Numbers of the trials that were learned from; a controller itself counts its proposals. */
  proposals: z.array(z.int().min(1)),
  /** Results left out because their reward was not finite, or beyond a million. */
  ignored: z.int().min(0),
  /** A fraction each. */
  rewards: z.array(z.number()),
  /** Reward minus baseline. */
  advantages: z.array(z.number()),
  /** Moving average of the rewards, after this update's. */
  baseline: z.number(),
  /** Mean entropy of a decision's softmax under the policy that sampled, in nats; its largest possible value beside. */
  meanEntropy: z.number().min(0),
  maximumEntropy: z.number().min(0),
  /**
   * For each of the 2 x 5B decisions the probabilities of its options under the policy that sampled, averaged over
   * the sampled architectures. A mean of ones may lie a rounding above 1.
   */
  meanProbabilities: z.array(
    z.array(
      z
        .number()
        .min(0)
        .max(1 + 1e-9),
    ),
  ),
  /** New over old probability of the decisions taken, after the last epoch: quantiles over all decisions. */
  ratio: z.strictObject({ p5: z.number(), p50: z.number(), p95: z.number() }),
  /** Part of those ratios that lies outside 1 ± the clipping range. */
  clipFraction: z.number().min(0).max(1),
  /** Kullback-Leibler divergence from the old to the new policy of an architecture's decisions, in nats. */
  divergence: z.number(),
  /** Euclidean norm of the objective's gradient in the first epoch. */
  gradientNorm: z.number().min(0),
  epochs: z.int().min(1),
  /** Epochs that changed nothing because their gradient was not finite. */
  skippedEpochs: z.int().min(0),
});
export type UpdateReport = z.infer<typeof updateReportSchema>;
