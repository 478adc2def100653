import { expect, it } from 'vitest';
import { killedSentence, killSentence } from '../../../src/renderer/views/search/kill-words.ts';
import { trialRecord } from './trial-record.ts';

it('promises another proposal for a killed one, and none for a repeat that a person asked for', () => {
  expect(killSentence(trialRecord({ batch: 3 }))).toMatch(/a new proposal takes its place\.$/);
  expect(killSentence(trialRecord({ batch: null }))).not.toContain('proposal');
});

it('what was killed is told with what follows', () => {
  expect(killedSentence({ trial: 12, batch: 3 }, ' at epoch 1 of 2')).toBe(
    'Killed trial 12 at epoch 1 of 2. It has no reward, and a new proposal takes its place.',
  );
  expect(killedSentence({ trial: 13, batch: null }, '')).toBe(
    'Killed trial 13. It has no reward, and nothing takes its place.',
  );
});
