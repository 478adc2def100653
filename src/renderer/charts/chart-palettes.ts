import type { Theme } from '../styles/token-value.ts';
import tokens from '../styles/tokens.css?raw';
import { type ChartPalette, readChartPalette } from './chart-style.ts';

export const CHART_PALETTES: Readonly<Record<Theme, ChartPalette>> = {
  light: readChartPalette(tokens, 'light'),
  dark: readChartPalette(tokens, 'dark'),
};
