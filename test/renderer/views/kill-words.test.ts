import { expect, it } from 'vitest';
import { killedSentence, killSentence } from '../../../src/renderer/views/search/kill-words.ts';
import { trialRecord } from './trial-record.ts';

it('promises another proposal for a killed one, and none for a repeat that a person asked for', () => {
  expect(killSentence(trialRecord())).toMatch(/a new proposal takes its place\.$/);
  expect(killSentence(trialRecord({ purpose: 'repeat' }))).toMatch(/nothing takes its place\.$/);
});

it('what was killed is told with what follows', () => {
  expect(killedSentence(trialRecord({ trial: 12 }), ' at epoch 1 of 2')).toBe(
    'Killed trial 12 at epoch 1 of 2. It has no reward, and a new proposal takes its place.',
  );
  expect(killedSentence(trialRecord({ trial: 13, run: 2, purpose: 'repeat' }), '')).toBe(
    'Killed trial 13·2. It has no reward, and nothing takes its place.',
  );
});
