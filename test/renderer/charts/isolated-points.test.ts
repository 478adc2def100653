import { expect, it } from 'vitest';
import { isolatedPoints } from '../../../src/renderer/charts/isolated-points.ts';

it('a value between gaps is isolated, one beside nothing but other series’ places is not', () => {
  expect(isolatedPoints([0.5], false)).toEqual([0]);
  expect(isolatedPoints([undefined, 0.5, undefined], false)).toEqual([1]);
  expect(isolatedPoints([1, undefined, 2, null, 3, null, 4, 5], false)).toEqual([4]);
  expect(isolatedPoints([1, Number.NaN, 2, 3], false)).toEqual([0]);
  expect(isolatedPoints([1, 0, 2], false)).toEqual([]);
  expect(isolatedPoints([1, 0, 2], true)).toEqual([0, 2]);
  expect(isolatedPoints([], false)).toEqual([]);
});
