import { KeptChoice, useKeptChoice } from './kept-choice.ts';
import { useWindowSize } from './use-window-size.ts';

export const DENSITIES = ['comfortable', 'compact'] as const;
export type Density = (typeof DENSITIES)[number];
export type DensityChoice = Density | 'auto';

/** A window lower than this gets compact rows until somebody chooses. CSS pixels (design). */
const COMPACT_BELOW = 800;

const choice = new KeptChoice<DensityChoice>(
  'density',
  (kept) => DENSITIES.find((density) => density === kept) ?? 'auto',
);

export const chooseDensity = (next: DensityChoice): void => choice.set(next, next);

export const useDensityChoice = (): DensityChoice => useKeptChoice(choice);

/** Rows are 40 high when comfortable and 32 when compact (design). */
export function useDensity(): Density {
  const chosen = useDensityChoice();
  const byHeight = useWindowSize((_width, height): Density => (height < COMPACT_BELOW ? 'compact' : 'comfortable'));
  return chosen === 'auto' ? byHeight : chosen;
}
