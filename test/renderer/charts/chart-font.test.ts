import { expect, it, vi } from 'vitest';
import { CHART_FONT } from '../../../src/renderer/charts/chart-font.ts';
import { loadCanvasFace } from '../../../src/renderer/styles/canvas-face.ts';

it('a face that can not be loaded keeps no chart from being drawn, and is told in the console', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const load = vi.fn(() => Promise.reject(new DOMException('A network error occurred.', 'NetworkError')));
  await expect(loadCanvasFace(CHART_FONT, { load })).resolves.toBeUndefined();
  expect(load).toHaveBeenCalledWith(CHART_FONT);
  expect(warn).toHaveBeenCalledOnce();
});
