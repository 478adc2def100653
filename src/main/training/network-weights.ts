import { z } from 'zod';
import { type Architecture, architectureSchema, type Scale, scaleSchema } from '../../shared/records/architecture.ts';
import { type Recipe, recipeSchema } from '../../shared/records/recipe.ts';
import { architectureHash } from '../../shared/search-space/canonical.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { float32Tensor, type NamedTensor, readSafetensors, writeSafetensors } from '../artifacts/safetensors.ts';
import { inferenceVariables } from '../child-model/network.ts';
import type { WrittenFile } from '../write-whole-file.ts';
import type { ChildGraph } from './child-graph.ts';

const FORMAT = 'cellwright weights';
const VERSION = 1;

/** All that must be known besides the tensors to build the network again. Nothing of a run: equal weights, equal file. */
export interface NetworkFacts {
  readonly architecture: Architecture;
  readonly scale: Scale;
  /** What is computed with; the tensors are float32 whatever it is. */
  readonly precision: Recipe['precision'];
  readonly batchNormEpsilon: number;
}

/**
 * What evaluation reads, by the plan's names, out of a training's state (`StateBlock.read`): kernels and vectors, or
 * their moving averages where those are kept, and batch normalisation's statistics. No slots, no auxiliary classifier.
 */
export function networkWeights(
  { plan, parameters, step, state }: Pick<ChildGraph, 'plan' | 'parameters' | 'step' | 'state'>,
  block: Uint8Array,
): NamedTensor[] {
  const entries = new Map(parameters.entries.map((entry) => [entry.name, entry]));
  const evaluated = { kernels: step.averages?.kernels, vectors: step.averages?.vectors, statistics: undefined };
  return inferenceVariables(plan).map(({ name, shape }) => {
    const { bank, offset, size } = entries.get(name)!;
    const value = evaluated[bank] ?? parameters.bank(bank)?.value;
    const part = state.layout[step.state.findIndex((variable) => variable.value === value)]!;
    const start = part.offset + offset * Float32Array.BYTES_PER_ELEMENT;
    const bytes = new Uint8Array(block.subarray(start, start + size * Float32Array.BYTES_PER_ELEMENT));
    return float32Tensor(name, shape, new Float32Array(bytes.buffer));
  });
}

/** Writes a network's weights as a safetensors file, whole or not at all. Throws `disk_full` and `read_only`. */
export function writeNetwork(file: string, facts: NetworkFacts, tensors: readonly NamedTensor[]): WrittenFile {
  return writeSafetensors(file, { metadata: textsOf(facts), tensors });
}

/** Texts only, as the format wants it. */
function textsOf({ architecture, scale, precision, batchNormEpsilon }: NetworkFacts): Record<string, string> {
  return {
    format: FORMAT,
    version: String(VERSION),
    cell: architectureHash(architecture),
    // Parsed, so that the order of keys is the schema's and equal networks have equal texts.
    architecture: JSON.stringify(architectureSchema.parse(architecture)),
    scale: JSON.stringify(scaleSchema.parse(scale)),
    classes: String(scale.classes),
    preprocessing: 'whiten',
    precision,
    batchNormEpsilon: String(batchNormEpsilon),
  };
}

const json = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    context.addIssue({ code: 'custom', message: 'no JSON' });
    return z.NEVER;
  }
});
const number = z
  .string()
  .regex(/^[0-9.e+-]+$/)
  .transform(Number);

const metadataSchema = z.object({
  cell: z.string(),
  architecture: json.pipe(architectureSchema),
  scale: json.pipe(scaleSchema),
  classes: number.pipe(z.int()),
  preprocessing: z.literal('whiten'),
  precision: recipeSchema.shape.precision,
  batchNormEpsilon: number.pipe(z.number().positive()),
});

/**
 * Reads a network's weights. Throws `not_found`, `corrupt`, `newer_version`, and `invalid_input` for a safetensors
 * file that some other program wrote.
 */
export function readNetwork(file: string): { readonly facts: NetworkFacts; readonly tensors: readonly NamedTensor[] } {
  const { metadata, tensors } = readSafetensors(file);
  if (metadata.format !== FORMAT) {
    throw new WorkbenchError('invalid_input', `${file} holds no network of Cellwright: give a file that it wrote.`);
  }
  if (Number(metadata.version) > VERSION) {
    throw new WorkbenchError('newer_version', `${file} was written by a newer Cellwright: use that one.`);
  }
  const parsed = metadataSchema.safeParse(metadata);
  if (!parsed.success) throw misdescribed(file, parsed.error.issues[0]?.path.join('.') || 'the top');
  const { cell, classes, architecture, scale, precision, batchNormEpsilon } = parsed.data;
  if (cell !== architectureHash(architecture)) throw misdescribed(file, 'cell');
  if (classes !== scale.classes) throw misdescribed(file, 'classes');
  return { facts: { architecture, scale, precision, batchNormEpsilon }, tensors };
}

function misdescribed(file: string, place: string): WorkbenchError {
  return new WorkbenchError('corrupt', `The network in ${file} is described wrongly at ${place}: get the file again.`);
}
