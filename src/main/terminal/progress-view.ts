import type { Trial } from '../../shared/records/experiment.ts';
import { byNumber, trialName } from '../../shared/trial-name.ts';
import { formatAbout, formatDuration, formatNumber, formatPercent } from './format.ts';
import {
  bestTrial,
  countDone,
  epochSteps,
  type ProgressState,
  type RunningTrial,
  searchTimeLeft,
  trialTimeLeft,
} from './progress-state.ts';
import { bar } from './sparkline.ts';
import { padEnd, printable, truncate } from './text.ts';

const LABEL_WIDTH = 12;
/** Columns that the words behind a bar take. */
const WORDS_WIDTH = 58;
const BAR_WIDTHS = { least: 8, most: 24 } as const;

/** The progress on a terminal at three levels: the search, and each running trial with its epoch. */
export function progressLines(state: ProgressState, columns: number, rows: number): string[] {
  const running = [...state.running.values()].sort(byNumber);
  const room = Math.max(1, Math.floor((rows - 3) / 2));
  const width = Math.max(BAR_WIDTHS.least, Math.min(BAR_WIDTHS.most, columns - LABEL_WIDTH - WORDS_WIDTH));
  const lines = [searchLine(state, width)];
  for (const trial of running.slice(0, room)) lines.push(trialLine(trial, width), epochLine(trial, width));
  if (running.length > room) lines.push(`and ${running.length - room} more`);
  return lines.map((line) => truncate(line, columns - 1));
}

function level(label: string, fraction: number, width: number, parts: readonly (string | null)[]): string {
  const known = parts.filter((part) => part !== null);
  return `${padEnd(label, LABEL_WIDTH)}${bar(fraction, width)}  ${known.join(' · ')}`;
}

function searchLine(state: ProgressState, width: number): string {
  const { experiment } = state;
  const done = countDone(state);
  const best = bestTrial(state);
  const trials = experiment.config.budget.trials;
  const left = searchTimeLeft(state);
  return level('search', done / trials, width, [
    `${done} of ${trials} trials`,
    left === null ? null : `${formatAbout(left)} left`,
    best && `best ${formatPercent(best.reward)} %, trial ${trialName(best)}`,
  ]);
}

function trialLine(trial: RunningTrial, width: number): string {
  const left = trialTimeLeft(trial);
  return level(`trial ${trialName(trial)}`, trial.steps === 0 ? 0 : trial.step / trial.steps, width, [
    `epoch ${trial.epoch} of ${trial.epochs}`,
    left === null ? 'starting' : `${formatAbout(left)} left`,
  ]);
}

function epochLine(trial: RunningTrial, width: number): string {
  const { step, steps } = epochSteps(trial);
  return level(`  epoch ${trial.epoch}`, steps === 0 ? 0 : step / steps, width, [
    steps === 0 ? 'starting' : `step ${step} of ${steps}`,
    trial.stepMs > 0 ? `${formatAbout(trial.stepMs * (steps - step))} left` : null,
    trial.loss === null ? null : `loss ${trial.loss.toFixed(3)}`,
    trial.stepMs > 0 ? `${formatNumber(Math.round(trial.stepMs))} ms a step` : null,
  ]);
}

/** One finished trial in one line: number, reward, best so far, time, and the time left where no bar shows it. */
export function finishedLine(state: ProgressState, trial: Trial, hasBar: boolean): string {
  const { experiment } = state;
  const left = hasBar ? null : searchTimeLeft(state);
  const best = bestTrial(state);
  const parts = [
    `trial ${trialName(trial)}${trial.purpose === 'repeat' ? ` (${trial.origin})` : ` of ${experiment.config.budget.trials}`}`,
    outcomeWords(trial),
    best && `best ${formatPercent(best.reward)} % (trial ${trialName(best)})`,
    formatDuration(trial.durationMs),
    countDone(state) < experiment.config.budget.trials && left !== null ? `${formatAbout(left)} left` : null,
  ];
  return parts.filter((part) => part !== null).join('  ');
}

/** How a trial ended, in words. */
export function outcomeWords(trial: Trial): string {
  const reward = `reward ${formatPercent(trial.reward)} %`;
  switch (trial.state) {
    case 'completed':
      return trial.reusedFrom === null ? reward : `${reward}, reused from trial ${trial.reusedFrom}`;
    case 'failed':
      return `failed: ${failureWords(trial)}`;
    default:
      return trial.state;
  }
}

const FAILURE_WORDS: Record<NonNullable<Trial['failure']>, string> = {
  nan_loss: 'loss not finite',
  out_of_memory: 'out of memory',
  timed_out: 'timed out',
  crashed: 'crashed',
  too_large: 'too large',
  error: 'error',
};

export function failureWords(trial: Trial): string {
  if (trial.failure === null) return 'error';
  if (trial.failure === 'error' && trial.message) return printable(trial.message);
  return FAILURE_WORDS[trial.failure];
}
