import { expect, it } from 'vitest';
import { estimateQuestion, estimateView } from '../../../src/renderer/views/home/search-estimate-question.ts';
import { experimentFromPreset } from '../../../src/shared/presets.ts';
import type { SearchEstimate } from '../../../src/shared/records/estimate.ts';
import type { ExperimentConfig } from '../../../src/shared/records/experiment.ts';
import { WorkbenchError } from '../../../src/shared/workbench-error.ts';

const config = experimentFromPreset('quick', { dataset: 'cifar10' });
const longer: ExperimentConfig = { ...config, budget: { ...config.budget, trials: 999 } };
const larger: ExperimentConfig = { ...config, scale: { ...config.scale, filters: 64 } };
const span = { low: 1, likely: 2, high: 3 };
const value: SearchEstimate = {
  trialMs: span,
  searchMs: span,
  trainerBytes: 1,
  availableBytes: 2,
  fits: true,
  basis: 'a test',
};
const given = { ...estimateQuestion(config), value };
const error = new WorkbenchError('unavailable', 'The workbench does not answer.');

it('another budget is asked for by itself, another kind of child only when told to', () => {
  expect(estimateView(estimateQuestion(config), given, null)).toEqual({
    known: value,
    isOld: false,
    error: null,
    asksAgain: false,
  });
  expect(estimateView(estimateQuestion(longer), given, null)).toMatchObject({ isOld: true, asksAgain: true });
  expect(estimateView(estimateQuestion(larger), given, null)).toMatchObject({ known: null, asksAgain: false });
  expect(estimateView(estimateQuestion(null), given, null)).toMatchObject({ known: null, asksAgain: false });
});

it('a question that was refused is not asked again by itself, and its error stands beside the older estimate', () => {
  const refused = { asked: estimateQuestion(longer).asked, error };
  expect(estimateView(estimateQuestion(longer), given, refused)).toEqual({
    known: value,
    isOld: true,
    error,
    asksAgain: false,
  });
  // Another change is another question.
  const other = estimateQuestion({ ...longer, seed: longer.seed + 1 });
  expect(estimateView(other, given, refused)).toMatchObject({ error: null, asksAgain: true });
});
