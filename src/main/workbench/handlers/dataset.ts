import type { Handlers, ProcedureName } from '../../../shared/contract.ts';
import { sampleImages } from '../../datasets/sample-images.ts';
import { listDatasets, openDataset } from '../../datasets/stored-dataset.ts';
import type { WorkbenchParts } from '../workbench-parts.ts';

type DatasetProcedure = Extract<ProcedureName, `dataset.${string}`>;

export function datasetHandlers({ home, fetches }: WorkbenchParts): Pick<Handlers, DatasetProcedure> {
  return {
    'dataset.list': () => listDatasets(home),
    'dataset.samples': ({ name }) => sampleImages(openDataset(home, name)),
    'dataset.add': ({ name }) => fetches.add(name),
    'dataset.cancelFetch': ({ name }) => fetches.cancel(name),
    'dataset.fetches': () => fetches.list(),
  };
}
