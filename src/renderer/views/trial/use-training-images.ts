import type { Experiment } from '../../../shared/records/experiment.ts';
import { countSubset } from '../../../shared/subset.ts';
import { useAnswer } from '../../state/use-workbench.ts';

/** Images that a child of this search learns from; infinitely many while its data set is not known, or is gone. */
export function useTrainingImages({ config }: Experiment): number {
  const datasets = useAnswer('dataset.list', {});
  const dataset = datasets.kind === 'ready' ? datasets.value.find(({ name }) => name === config.dataset) : undefined;
  const available = dataset?.counts.train ?? 0;
  return available < 2 ? Number.POSITIVE_INFINITY : countSubset(config.subset, available).training;
}
