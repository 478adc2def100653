/** The face of numbers and words in a chart. */
export const CHART_FONT = '12px "Inter Variable", sans-serif';
