import { expect, it } from 'vitest';
import { markLabelAnchor } from '../../../src/renderer/charts/mark-label.ts';

it('a best value stays between the axis and the labels at the ends of the lines', () => {
  const frame = { left: 60, right: 460 };
  expect(markLabelAnchor(60, frame)).toBe('start');
  expect(markLabelAnchor(260, frame)).toBe('middle');
  expect(markLabelAnchor(460, frame)).toBe('end');
});
