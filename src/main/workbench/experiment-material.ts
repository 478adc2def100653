import { createHash } from 'node:crypto';
import type { Dataset } from '../../shared/records/dataset.ts';
import type { ExperimentConfig } from '../../shared/records/experiment.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { openDataset } from '../datasets/stored-dataset.ts';
import type { SearchMaterial } from '../search/search.ts';
import type { DatasetIdentity } from '../store/experiment-datasets.ts';

/** What an experiment is searched with: its data set, and the scale that follows from it. */
export interface ExperimentMaterial extends SearchMaterial {
  readonly identity: DatasetIdentity;
}

/** Opens the data set of an experiment. Throws `not_found`, `corrupt`, or `invalid_input` where it does not fit. */
export function openMaterial(home: string, config: ExperimentConfig): ExperimentMaterial {
  const { dataset, folder } = openDataset(home, config.dataset);
  refuseUnfit(dataset, config);
  const identity = identify(dataset);
  return {
    identity,
    datasetFolder: folder,
    scale: { ...config.scale, imageSize: identity.imageSize, classes: identity.classes },
  };
}

/** Throws `conflict` when the data set is not the one that the experiment was begun with. */
export function refuseOtherDataset(experiment: number, begun: DatasetIdentity, found: DatasetIdentity): void {
  if (begun.identity === found.identity) return;
  throw new WorkbenchError(
    'conflict',
    `The data set ${found.name} is not the one that experiment ${experiment} was begun with ` +
      `(${found.identity.slice(0, 12)} instead of ${begun.identity.slice(0, 12)}): bring back that one, or start a new search.`,
  );
}

function refuseUnfit(dataset: Dataset, { training }: ExperimentConfig): void {
  const { height, width } = dataset.imageSize;
  if (height !== width) {
    throw new WorkbenchError(
      'invalid_input',
      `The images of ${dataset.name} are ${width} x ${height} pixels; a search needs square ones.`,
    );
  }
  const wanted = training.trainingImages + training.validationImages;
  if (wanted > dataset.counts.train) {
    throw new WorkbenchError(
      'invalid_input',
      `${training.trainingImages} training and ${training.validationImages} validation images are ${wanted}, and ` +
        `${dataset.name} has ${dataset.counts.train} to split: take fewer.`,
    );
  }
}

function identify({ name, imageSize, channels, classes, counts, files, mean, deviation }: Dataset): DatasetIdentity {
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
  return { name, identity, imageSize: imageSize.height, classes: classes.length };
}
