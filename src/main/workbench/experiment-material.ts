import { createHash } from 'node:crypto';
import { IMAGE_SIDES } from '../../shared/records/architecture.ts';
import type { Dataset } from '../../shared/records/dataset.ts';
import type { ExperimentConfig } from '../../shared/records/experiment.ts';
import { childScale, imageFacts } from '../../shared/search-space/child-scale.ts';
import { countSubset } from '../../shared/subset.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { openDataset } from '../datasets/stored-dataset.ts';
import { verifyDataset } from '../datasets/verify-dataset.ts';
import type { Tell } from '../log.ts';
import type { SearchMaterial } from '../search/search.ts';
import type { UsedDataset } from '../store/experiment-datasets.ts';

/** What an experiment is searched with: its data set, and the scale that follows from it. */
export interface ExperimentMaterial extends SearchMaterial {
  readonly used: UsedDataset;
}

/** Opens the data set of an experiment, looking at its sizes. Throws `not_found`, `corrupt`, `invalid_input` (misfit). */
export function openMaterial(home: string, config: ExperimentConfig): ExperimentMaterial {
  const { dataset, folder } = openDataset(home, config.dataset);
  refuseUnfit(dataset);
  const used = identify(dataset);
  const { name, version, identity } = used;
  return {
    used,
    dataset: { ref: { name, version }, identity },
    subset: countSubset(config.subset, dataset.counts.train),
    datasetFolder: folder,
    scale: childScale(config.scale, imageFacts(dataset)),
  };
}

/**
 * Opens it and compares every byte with the manifest's hashes, for whoever begins to learn from it. Rejects as
 * `openMaterial` throws, and with the signal's reason.
 */
export async function checkedMaterial(
  home: string,
  config: ExperimentConfig,
  { tell, signal }: { readonly tell: Tell; readonly signal: AbortSignal },
): Promise<ExperimentMaterial> {
  const material = openMaterial(home, config);
  await verifyDataset(openDataset(home, config.dataset), { home, signal, say: (sentence) => tell('info', sentence) });
  return material;
}

/** Throws `conflict` when the data set is not the one that the experiment was begun with. */
export function refuseOtherDataset(experiment: number, begun: UsedDataset, found: UsedDataset): void {
  if (begun.identity === found.identity) return;
  throw new WorkbenchError(
    'conflict',
    `The data set ${found.name} is not the one that experiment ${experiment} was begun with ` +
      `(${found.identity.slice(0, 12)} instead of ${begun.identity.slice(0, 12)}): bring back that one, or start a new search.`,
  );
}

function refuseUnfit(dataset: Dataset): void {
  const { height, width } = dataset.imageSize;
  const { smallest, largest } = IMAGE_SIDES;
  if (Math.min(height, width) < smallest || Math.max(height, width) > largest) {
    throw new WorkbenchError(
      'invalid_input',
      `The images of ${dataset.name} are ${height} x ${width} pixels (height x width); a search needs ${smallest} to ` +
        `${largest} on each side: import them at another size.`,
    );
  }
}

function identify({ name, imageSize, channels, classes, counts, files, mean, deviation }: Dataset): UsedDataset {
  const content = files.map((file) => [file.name, file.sha256]).toSorted();
  const facts = JSON.stringify([
    imageSize.height,
    imageSize.width,
    channels,
    classes,
    counts,
    content,
    mean,
    deviation,
  ]);
  const identity = createHash('sha256').update(facts).digest('hex');
  return { name, version: 1, identity, ...imageSize, channels, classes: classes.length };
}
