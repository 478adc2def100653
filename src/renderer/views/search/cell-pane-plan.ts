import { useMemo } from 'react';
import type { Architecture } from '../../../shared/records/architecture.ts';
import type { Experiment } from '../../../shared/records/experiment.ts';
import { childScale, imageFacts } from '../../../shared/search-space/child-scale.ts';
import type { NetworkPlan } from '../../../shared/search-space/plan.ts';
import { planNetwork } from '../../../shared/search-space/plan-network.ts';
import { useAnswer } from '../../state/use-workbench.ts';

/** The child as this search builds it; undefined until the data set's size is known. */
export function usePlan({ config }: Experiment, architecture: Architecture): NetworkPlan | undefined {
  const datasets = useAnswer('dataset.list', {});
  const dataset = datasets.kind === 'ready' ? datasets.value.find(({ name }) => name === config.dataset) : undefined;
  const { scale } = config;
  return useMemo(
    () => (dataset === undefined ? undefined : planNetwork(architecture, childScale(scale, imageFacts(dataset)))),
    [architecture, scale, dataset],
  );
}
