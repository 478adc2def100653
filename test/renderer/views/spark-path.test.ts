import { expect, it } from 'vitest';
import { sparkPath } from '../../../src/renderer/views/home/spark-path.ts';

it('a spark climbs from its first best to its last over what is planned', () => {
  expect(sparkPath([1, 5, 10], [0.2, 0.4, 0.6], 20, 100, 23)).toBe('M5.0 21.5H25.0V11.5H50.0V1.5');
});

it('a spark leaves out what has no reward, lies in the middle without a climb, and is nothing without points', () => {
  expect(sparkPath([1, 2, 4], [null, 0.5, 0.5], 4, 40, 23)).toBe('M20.0 11.5H40.0V11.5');
  expect(sparkPath([1, 2], [null, null], 4, 40, 23)).toBe('');
  // Repeats are proposed beyond the plan.
  expect(sparkPath([1, 8], [0.1, 0.2], 4, 40, 23)).toBe('M5.0 21.5H40.0V1.5');
});
