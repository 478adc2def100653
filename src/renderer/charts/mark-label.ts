/** Baseline of a mark's value: above the mark, or below it where the chart ends. CSS pixels, downwards. */
export const markLabelY = (y: number, top: number): number => (y - top < 24 ? y + 20 : y - 11);
