import { z } from 'zod';

/** What a stored file is to those who refer to it. */
export const ARTIFACT_KINDS = ['weights', 'upload'] as const;
export const artifactKindSchema = z.enum(ARTIFACT_KINDS);
export type ArtifactKind = z.infer<typeof artifactKindSchema>;

/** SHA-256 of a file's contents, lower-case hexadecimal: its name. */
export const artifactHashSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** A file that a project keeps by its contents; it never changes. */
export const artifactSchema = z.strictObject({
  hash: artifactHashSchema,
  kind: artifactKindSchema,
  mediaType: z.string().min(1),
  sizeBytes: z.int().min(0),
  /** ISO 8601. */
  createdAt: z.string(),
});
export type Artifact = z.infer<typeof artifactSchema>;
