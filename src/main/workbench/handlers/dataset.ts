import type { Handlers } from '../../../shared/contract.ts';
import { addDataset } from '../../datasets/add-dataset.ts';
import { listDatasets } from '../../datasets/stored-dataset.ts';
import { createProgress } from '../../setup/progress.mjs';
import type { WorkbenchParts } from '../workbench-parts.ts';

export function datasetHandlers({ home, tell }: WorkbenchParts): Pick<Handlers, 'dataset.list' | 'dataset.add'> {
  return {
    'dataset.list': () => listDatasets(home),
    'dataset.add': ({ name }, signal) => {
      const progress = createProgress({ write: (text) => tell('info', text.trim()) });
      return addDataset(home, name, { env: process.env, progress, signal });
    },
  };
}
