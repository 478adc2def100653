import type { Handlers, ProcedureName } from '../../../shared/contract.ts';
import { sampleImages } from '../../datasets/sample-images.ts';
import { findDatasets, listDatasets, openDataset } from '../../datasets/stored-dataset.ts';
import type { HomeParts } from '../home-parts.ts';

type DatasetProcedure = Extract<ProcedureName, `dataset.${string}`>;

export function datasetHandlers({ home, fetches }: HomeParts): Pick<Handlers, DatasetProcedure> {
  return {
    'dataset.list': () => listDatasets(home),
    'dataset.damaged': () =>
      findDatasets(home).flatMap(({ name, problem }) => (problem === null ? [] : [{ name, problem: problem.message }])),
    'dataset.samples': ({ name }) => sampleImages(openDataset(home, name)),
    'dataset.add': ({ name }) => fetches.add(name),
    'dataset.cancelFetch': ({ name }) => fetches.cancel(name),
    'dataset.fetches': () => fetches.list(),
  };
}
