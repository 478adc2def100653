import type { Experiment } from '../../shared/records/experiment.ts';
import { finishedTrials } from '../../shared/search-state.ts';
import { formatPlural } from './format.ts';
import { printable } from './text.ts';

/** Paused, or running when its workbench was killed. */
export function isUnfinished(experiment: Experiment): boolean {
  return experiment.state === 'paused' || experiment.state === 'running';
}

/** "Experiment 1 (quick ppo on cifar10) goes on after 3 of 6 trials; 1 interrupted trial from the last checkpoint." */
export function goesOnSentence(experiment: Experiment): string {
  const { counts, repeats, config } = experiment;
  const done = finishedTrials(experiment);
  const kinds = [
    counts.running === 0 ? [] : formatPlural(counts.running, 'interrupted trial'),
    repeats.running === 0 ? [] : formatPlural(repeats.running, 'interrupted repeat'),
  ].flat();
  const interrupted = kinds.length === 0 ? '' : `; ${kinds.join(' and ')} from the last checkpoint`;
  const trials = formatPlural(config.budget.trials, 'trial');
  return `Experiment ${experiment.id} (${printable(config.name)}) goes on after ${done} of ${trials}${interrupted}.`;
}

/** "Paused after 3 of 6 trials. Running trials and repeats were saved and go on when you resume." */
export function pausedSentence(experiment: Experiment): string {
  const { config, counts, repeats } = experiment;
  const kinds = [counts.queued === 0 ? [] : 'trials', repeats.queued === 0 ? [] : 'repeats'].flat();
  const saved = kinds.length === 0 ? '' : ` Running ${kinds.join(' and ')} were saved and go on when you resume.`;
  return `Paused after ${finishedTrials(experiment)} of ${formatPlural(config.budget.trials, 'trial')}.${saved}`;
}
