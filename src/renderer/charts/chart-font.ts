export const CHART_FONT = '12px "Inter Variable", sans-serif';

/**
 * Resolves when the face of a chart can be painted, as a canvas does not wait for one. Also when it can't be loaded:
 * numbers in another face are better than no chart.
 */
export async function loadChartFont(fonts: { load(font: string): Promise<unknown> }): Promise<void> {
  await fonts.load(CHART_FONT).catch((error: unknown) => {
    console.warn('The face of the charts could not be loaded.', error);
  });
}
