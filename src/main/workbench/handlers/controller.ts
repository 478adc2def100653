import type { Handlers } from '../../../shared/contract.ts';
import type { UpdateReport } from '../../../shared/records/controller.ts';
import type { WorkbenchParts } from '../workbench-parts.ts';

export function controllerHandlers({ store, searches }: WorkbenchParts): Pick<Handlers, 'controller.updates'> {
  return {
    'controller.updates': ({ experiment }) => {
      searches.get(experiment);
      return store.updates.reports(experiment).map(rounded);
    },
  };
}

/** Finer than any picture of them: 1,000 updates of 50 decisions are 3 MB instead of 7. The store keeps them exact. */
const STEPS = 1e5;

function rounded(report: UpdateReport): UpdateReport {
  const round = (probability: number): number => Math.round(probability * STEPS) / STEPS;
  return { ...report, meanProbabilities: report.meanProbabilities.map((options) => options.map(round)) };
}
