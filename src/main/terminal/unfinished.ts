import type { Experiment } from '../../shared/records/experiment.ts';
import { finishedTrials } from '../../shared/search-state.ts';
import { formatPlural } from './format.ts';
import { printable } from './text.ts';

/** Paused, or running when its workbench was killed. */
export function isUnfinished(experiment: Experiment): boolean {
  return experiment.state === 'paused' || experiment.state === 'running';
}

/** "Experiment 1 (quick ppo on cifar10) goes on after 3 of 6 trials; 1 interrupted trial from its last checkpoint." */
export function goesOnSentence(experiment: Experiment): string {
  const { counts, config } = experiment;
  const done = finishedTrials(experiment);
  const interrupted =
    counts.running === 0 ? '' : `; ${formatPlural(counts.running, 'interrupted trial')} from the last checkpoint`;
  const trials = formatPlural(config.budget.trials, 'trial');
  return `Experiment ${experiment.id} (${printable(config.name)}) goes on after ${done} of ${trials}${interrupted}.`;
}
