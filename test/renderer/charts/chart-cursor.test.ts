import { expect, it } from 'vitest';
import { CursorPublisher, cursorAt } from '../../../src/renderer/charts/chart-cursor.ts';

it('the cursor of a chart that is taken away goes with it, and that of another chart stays', () => {
  const [chart, table] = [new CursorPublisher(), new CursorPublisher()];
  chart.publish('epoch', 7);
  chart.publish('update', 3);
  table.publish('update', 4);
  chart.release();
  expect(cursorAt('epoch')).toBeNull();
  expect(cursorAt('update')).toBe(4);
  table.release();
  expect(cursorAt('update')).toBeNull();
});

it('a pointer that leaves one chart does not take away the cursor of the next one', () => {
  const [left, entered] = [new CursorPublisher(), new CursorPublisher()];
  left.publish('epoch', 2);
  entered.publish('epoch', 2);
  left.publish('epoch', null);
  expect(cursorAt('epoch')).toBe(2);
  entered.publish('epoch', null);
  expect(cursorAt('epoch')).toBeNull();
});
