import type { Handlers, ProcedureName } from '../../../shared/contract.ts';
import { addDataset } from '../../datasets/add-dataset.ts';
import { sampleImages } from '../../datasets/sample-images.ts';
import { listDatasets, openDataset } from '../../datasets/stored-dataset.ts';
import { createProgress } from '../../setup/progress.mjs';
import type { WorkbenchParts } from '../workbench-parts.ts';

type DatasetProcedure = Extract<ProcedureName, `dataset.${string}`>;

export function datasetHandlers({ home, tell }: WorkbenchParts): Pick<Handlers, DatasetProcedure> {
  return {
    'dataset.list': () => listDatasets(home),
    'dataset.samples': ({ name }) => sampleImages(openDataset(home, name)),
    'dataset.add': ({ name }, signal) => {
      const progress = createProgress({ write: (text) => tell('info', text.trim()) });
      return addDataset(home, name, { env: process.env, progress, signal });
    },
  };
}
