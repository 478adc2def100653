import { z } from 'zod';
import { type Scale, scaleSchema } from '../records/architecture.ts';
import { hasAuxiliary } from './map-sizes.ts';

/** As scales were written down while images were square and had three channels. */
const legacyScaleSchema = scaleSchema
  .omit({ height: true, width: true, channels: true })
  .extend({ imageSize: z.int().min(1) });
export type LegacyScale = z.infer<typeof legacyScaleSchema>;

/**
 * The same scale in the older form, in which the identities of older checkpoints were computed. Null where that form
 * can't say it: images that are not square or grey, and an auxiliary classifier that is left out (there was one).
 */
export function legacyScale(scale: Scale): LegacyScale | null {
  const { height, width, channels, ...others } = scale;
  if (height !== width || channels !== 3 || others.auxiliary !== hasAuxiliary(scale)) return null;
  return { ...others, imageSize: height };
}

/** Reads a scale in the older form or in today's. Throws a ZodError where it is neither, or is too small for today. */
export function readScale(stored: unknown): Scale {
  const legacy = legacyScaleSchema.safeParse(stored);
  if (!legacy.success) return scaleSchema.parse(stored);
  const { imageSize, ...others } = legacy.data;
  return scaleSchema.parse({ ...others, height: imageSize, width: imageSize });
}
