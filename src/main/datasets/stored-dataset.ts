import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import {
  DATASET_FORMAT,
  type Dataset,
  type DatasetFile,
  datasetNameSchema,
  datasetSchema,
} from '../../shared/records/dataset.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { datasetFolder } from './cifar10.ts';
import { isKnownDataset, KNOWN_DATASETS } from './known-datasets.ts';

/** A data set on disk whose files have been found in their sizes. */
export interface StoredDataset {
  readonly dataset: Dataset;
  /** Absolute. */
  readonly folder: string;
  /** Absolute path of one of its files. */
  file(name: DatasetFile['name']): string;
}

/** How a person gets a data set, where Cellwright can fetch it; else which ones there are. */
function absenceRemedy(name: string): string {
  if (isKnownDataset(name)) return `get it with ${addCommand(name)}`;
  return `choose one that \`datasets list\` shows; Cellwright can fetch ${KNOWN_DATASETS.join(', ')}`;
}

/** Likewise for one that is damaged: `corrupt`, with what is wrong and what to do. */
export function damagedDataset(name: string, reason: string, options?: { cause: unknown }): WorkbenchError {
  const remedy = isKnownDataset(name)
    ? `get it again with ${addCommand(name)}`
    : 'bring its files back from where they came';
  return new WorkbenchError('corrupt', `The data set "${name}" is damaged (${reason}): ${remedy}.`, options);
}

function addCommand(name: string): string {
  return `\`npm run -s cellwright -- datasets add ${name}\``;
}

/**
 * Opens the data set in a folder. Throws `WorkbenchError`: `not_found` without a manifest, `newer_version` for one of a
 * later format, `corrupt` when the manifest or a file's size is wrong.
 */
export function openDatasetFolder(folder: string): StoredDataset {
  const name = path.basename(folder);
  const manifest = path.join(folder, 'manifest.json');
  if (!existsSync(manifest)) {
    throw new WorkbenchError('not_found', `There is no data set "${name}": ${absenceRemedy(name)}.`);
  }
  const dataset = parseManifest(name, readFileSync(manifest, 'utf8'));
  for (const file of dataset.files) {
    const size = statSync(path.join(folder, file.name), { throwIfNoEntry: false })?.size ?? 0;
    if (size === file.sizeBytes) continue;
    throw damagedDataset(name, `${file.name} has ${size} bytes instead of ${file.sizeBytes}`);
  }
  return { dataset, folder: path.resolve(folder), file: (file) => path.join(path.resolve(folder), file) };
}

function parseManifest(name: string, text: string): Dataset {
  const damaged = (reason: string) => damagedDataset(name, reason);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged('manifest.json is not JSON');
  }
  const format = (value as { format?: unknown } | null)?.format;
  if (typeof format === 'number' && format > DATASET_FORMAT) {
    throw new WorkbenchError(
      'newer_version',
      `The data set "${name}" was stored by a newer Cellwright (format ${format}): use that one.`,
    );
  }
  const parsed = datasetSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw damaged(`manifest.json: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a manifest'}`);
  }
  checkSizes(parsed.data, damaged);
  return parsed.data;
}

/** The manifest's own numbers must agree: readers compute places in the files from them. */
function checkSizes({ counts, imageSize, channels, files }: Dataset, damaged: (reason: string) => Error): void {
  const imageBytes = imageSize.height * imageSize.width * channels;
  for (const split of ['train', 'test'] as const) {
    for (const [kind, bytes] of [
      ['images', imageBytes],
      ['labels', 4],
    ] as const) {
      const file = files.find((candidate) => candidate.name === `${split}-${kind}.bin`);
      if (file?.sizeBytes !== counts[split] * bytes)
        throw damaged(`${split}-${kind}.bin does not fit ${counts[split]} images`);
    }
  }
}

/** Opens a data set by name; see `openDatasetFolder`. A name that could not be one is `invalid_input`. */
export function openDataset(home: string, name: string): StoredDataset {
  if (!datasetNameSchema.safeParse(name).success) {
    throw new WorkbenchError('invalid_input', `"${name}" is no name of a data set: small letters, digits and hyphens.`);
  }
  return openDatasetFolder(datasetFolder(home, name));
}

export interface FoundDataset {
  readonly name: string;
  readonly dataset: Dataset | null;
  /** Why it can't be opened; null when it can. */
  readonly problem: WorkbenchError | null;
}

/** Every folder that is or should be a data set, by name. */
export function findDatasets(home: string): FoundDataset[] {
  const parent = path.join(home, 'datasets');
  if (!existsSync(parent)) return [];
  const names = readdirSync(parent).filter((name) => datasetNameSchema.safeParse(name).success);
  return names.sort().map((name) => {
    try {
      return { name, dataset: openDataset(home, name).dataset, problem: null };
    } catch (error) {
      if (error instanceof WorkbenchError) return { name, dataset: null, problem: error };
      throw error;
    }
  });
}

/** The data sets that can be opened, by name. */
export function listDatasets(home: string): Dataset[] {
  return findDatasets(home).flatMap(({ dataset }) => (dataset === null ? [] : [dataset]));
}
