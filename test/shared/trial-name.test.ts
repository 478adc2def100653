import { expect, it } from 'vitest';
import { trialName } from '../../src/shared/trial-name.ts';

it('names a trial by its number, and a further run of it by both', () => {
  expect([1, 2, 1000].map((run) => trialName({ trial: 17, run }))).toEqual(['17', '17·2', '17·1000']);
});
