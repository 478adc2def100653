import { expect, it } from 'vitest';
import { killSentence } from '../../../src/renderer/views/search/kill-words.ts';
import { trialRecord } from './trial-record.ts';

it('promises another proposal for a killed one, and none for a repeat that a person asked for', () => {
  expect(killSentence(trialRecord({ batch: 3 }))).toMatch(/a new proposal takes its place\.$/);
  expect(killSentence(trialRecord({ batch: null }))).not.toContain('proposal');
});
