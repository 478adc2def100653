import type { Theme } from '../styles/token-value.ts';
import tokens from '../styles/tokens.css?raw';
import { type Palette, readPalette } from './palette.ts';

export const PALETTES: Readonly<Record<Theme, Palette>> = {
  light: readPalette(tokens, 'light'),
  dark: readPalette(tokens, 'dark'),
};
