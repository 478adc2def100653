import { expect, it } from 'vitest';
import { meanOfRuns } from '../../../src/renderer/views/trial/run-rewards.ts';

const run = (reward: number | null, trashedAt: string | null = null) => ({ reward, trashedAt });

it('the runs of a trial have a mean and a sample deviation of their rewards', () => {
  const whole = meanOfRuns([run(0.4), run(0.42), run(0.47)]);
  expect(whole?.mean).toBeCloseTo(0.43, 12);
  // sqrt((0.03² + 0.01² + 0.04²) / 2)
  expect(whole?.deviation).toBeCloseTo(0.0360555, 6);
});

it('what has no reward or lies in the trash does not count, and of one reward there is no deviation', () => {
  expect(meanOfRuns([run(0.4), run(null), run(0.4), run(0.9, '2030-01-02T03:04:05.678Z')])).toEqual({
    mean: 0.4,
    deviation: 0,
  });
  expect(meanOfRuns([run(0.4), run(null), run(0.9, '2030-01-02T03:04:05.678Z')])).toBeNull();
  expect(meanOfRuns([])).toBeNull();
});
