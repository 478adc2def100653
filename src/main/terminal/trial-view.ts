import type { Trial, TrialEpoch } from '../../shared/records/experiment.ts';
import { architectureText } from '../../shared/search-space/cell-text.ts';
import { trialName } from '../../shared/trial-name.ts';
import { formatCount, formatDuration, formatNumber, formatPercent } from './format.ts';
import type { Output } from './output.ts';
import { outcomeWords } from './progress-view.ts';
import { sparkline } from './sparkline.ts';
import { padEnd, printable } from './text.ts';

const CURVE_WIDTH = 60;

/** Everything about one trial as text: outcome, costs, both cells, curves. */
export function trialLines(
  output: Output,
  trial: Trial,
  epochs: readonly TrialEpoch[],
  place: { rank: number; of: number } | null,
): string[] {
  const bold = output.paint('bold');
  return [
    bold(headline(trial, place)),
    ...trialFacts(trial).map(([name, value]) => `${padEnd(name, 14)}${value}`),
    '',
    ...architectureText(trial.architecture),
    '',
    ...curveLines(output, epochs),
  ];
}

function headline(trial: Trial, place: { rank: number; of: number } | null): string {
  const ranked = place === null ? '' : `, rank ${place.rank} of ${place.of}`;
  const repeat = trial.run === 1 ? '' : `, a repeat of ${trial.trial},`;
  return `Trial ${trialName(trial)}${repeat} of experiment ${trial.experiment}: ${outcomeWords(trial)}${ranked}`;
}

function trialFacts(trial: Trial): [string, string][] {
  const facts: [string, string][] = [];
  if (trial.bestAccuracy !== null) {
    facts.push(['best accuracy', `${formatPercent(trial.bestAccuracy)} % at epoch ${trial.bestEpoch}`]);
  }
  facts.push(
    ['parameters', `${formatCount(trial.trainableParameters)} trainable, ${formatCount(trial.totalParameters)} in all`],
    ['multiply-adds', `${formatCount(trial.multiplyAdds)} an image`],
    ['training', `${formatDuration(trial.durationMs)}, seed ${trial.seed}`],
    ['origin', printable(trial.origin)],
    ['hash', trial.hash],
  );
  if (trial.reducedBatchSize !== null) {
    facts.push(['batch size', `${trial.reducedBatchSize} images a step, as memory ran out with more`]);
  }
  if (trial.message !== null) facts.push(['message', printable(trial.message)]);
  return facts;
}

function curveLines(output: Output, epochs: readonly TrialEpoch[]): string[] {
  if (epochs.length === 0) return ['No epochs yet.'];
  const curves: [string, (epoch: TrialEpoch) => number, (value: number) => string][] = [
    ['validation accuracy %', (epoch) => epoch.validationAccuracy, formatPercent],
    ['training accuracy %', (epoch) => epoch.trainingAccuracy, formatPercent],
    ['validation loss', (epoch) => epoch.validationLoss, (value) => value.toFixed(3)],
    ['training loss', (epoch) => epoch.trainingLoss, (value) => value.toFixed(3)],
    ['learning rate', (epoch) => epoch.learningRate, formatNumber],
  ];
  const heading = output.paint('bold')(`Curves over ${epochs.length} epoch${epochs.length === 1 ? '' : 's'}`);
  const lines = curves.map(([name, read, write]) => {
    const values = epochs.map(read);
    const range = `${write(values[0]!)} → ${write(values.at(-1)!)}`;
    return `${padEnd(name, 23)}${sparkline(values, CURVE_WIDTH)}  ${range}`;
  });
  return [heading, ...lines];
}
