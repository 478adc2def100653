import { BASELINE_SHIFT, EXPORT_FONTS } from '../styles/export-fonts.ts';
import type { ChartPalette } from './chart-style.ts';
import type { HeatColumn } from './policy-decisions.ts';
import { escapedXml } from './xml.ts';

/** What a heat map shows: rows are options, columns updates or groups of them. */
export interface HeatMap {
  readonly title: string;
  readonly options: readonly string[];
  readonly columns: readonly HeatColumn[];
  /** Columns when all updates that are planned are in; the map leaves their room. */
  readonly planned: number;
}

export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Probability, 0 to 1. */
  readonly part: number;
}

/** The tiles of a map in a rectangle, from its upper left corner; neighbours touch. */
export function heatTiles({ options, columns, planned }: HeatMap, width: number, height: number): Tile[] {
  const across = Math.max(planned, columns.length, 1);
  const edge = (index: number, count: number, size: number): number => (index / count) * size;
  return columns.flatMap(({ probabilities }, column) => {
    const x = edge(column, across, width);
    return options.map((_, row) => {
      const y = edge(row, options.length, height);
      return {
        x,
        y,
        width: edge(column + 1, across, width) - x,
        height: edge(row + 1, options.length, height) - y,
        part: probabilities[row] ?? 0,
      };
    });
  });
}

/**
 * The colour of a probability, between the six of the theme: one of thirteen options is at 0.08 when nothing is decided,
 * and what it does from there has to be seen. `#rrggbb`.
 */
export function heatColour(heat: readonly string[], part: number): string {
  const place = Math.min(1, Math.max(0, part)) * (heat.length - 1);
  const below = Math.min(heat.length - 2, Math.floor(place));
  const [from, to] = [heat[below] ?? '#000000', heat[below + 1] ?? '#000000'].map((colour) =>
    [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16)),
  );
  const mixed = [0, 1, 2].map((channel) => {
    const [low, high] = [from?.[channel] ?? 0, to?.[channel] ?? 0];
    return Math.round(low + (place - below) * (high - low));
  });
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** Which column and row lie under a place of the rectangle; null where there is no tile. */
export function tileAt(
  { options, columns, planned }: HeatMap,
  place: { readonly x: number; readonly y: number },
  size: { readonly width: number; readonly height: number },
): { readonly column: number; readonly row: number } | null {
  const across = Math.max(planned, columns.length, 1);
  const column = Math.floor((place.x / size.width) * across);
  const row = Math.floor((place.y / size.height) * options.length);
  return column >= 0 && column < columns.length && row >= 0 && row < options.length ? { column, row } : null;
}

/** "update 5" or "updates 5 to 8". */
export const columnWords = ({ from, to }: HeatColumn): string =>
  from === to ? `update ${from}` : `updates ${from} to ${to}`;

const SVG_WIDTH = 720;
const ROW = 22;
const [LEFT, TOP, FOOT, SIDE] = [96, 34, 68, 16];
const WORDS_OF_SCALE = Array.from({ length: 11 }, (_, step) => `${step * 10} %`);

/** A map as an SVG file: whole, with literal colours and a scale. */
export function heatToSvg(map: HeatMap, palette: ChartPalette): string {
  const { title, options, columns } = map;
  const height = TOP + options.length * ROW + FOOT;
  const [width, bottom] = [SVG_WIDTH - LEFT - SIDE, TOP + options.length * ROW];
  const word = (x: number, y: number, text: string, anchor: string, fill = palette.text2): string =>
    `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${fill}">${escapedXml(text)}</text>`;
  const tiles = heatTiles(map, width, bottom - TOP).map(
    (tile) =>
      `<rect x="${short(LEFT + tile.x)}" y="${short(TOP + tile.y)}" width="${short(tile.width)}" height="${short(tile.height)}" fill="${heatColour(palette.heat, tile.part)}"/>`,
  );
  const scale = WORDS_OF_SCALE.map(
    (_, step) =>
      `<rect x="${LEFT + step * 40}" y="${bottom + 34}" width="40" height="12" fill="${heatColour(palette.heat, step / 10)}"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${SVG_WIDTH}" height="${height}" viewBox="0 0 ${SVG_WIDTH} ${height}" role="img" font-family="${EXPORT_FONTS}" font-size="12">`,
    `<title>${escapedXml(title)}</title>`,
    `<rect width="${SVG_WIDTH}" height="${height}" fill="${palette.surface}"/>`,
    `<text x="${LEFT}" y="20" font-size="14" font-weight="600" fill="${palette.text}">${escapedXml(title)}</text>`,
    `<g class="tiles" stroke="${palette.line}" stroke-width="0.5">`,
    ...tiles,
    '</g>',
    ...options.map((option, row) => word(LEFT - 8, TOP + (row + 0.5) * ROW + BASELINE_SHIFT * 12, option, 'end')),
    ...columns.slice(0, 1).map((column) => word(LEFT, bottom + 18, columnWords(column), 'start')),
    ...columns
      .slice(1)
      .slice(-1)
      .map((column) => word(lastX(map, width), bottom + 18, columnWords(column), 'end')),
    `<g class="scale" stroke="${palette.line}" stroke-width="0.5">`,
    ...scale,
    '</g>',
    ...WORDS_OF_SCALE.map((text, step) => word(LEFT + step * 40 + 20, bottom + 60, text, 'middle')),
    word(LEFT + 11 * 40 + 12, bottom + 44, 'probability', 'start'),
    '</svg>',
    '',
  ].join('\n');
}

/** Right end of the last column, not so near to the first that their words meet. */
const lastX = ({ columns, planned }: HeatMap, width: number): number =>
  LEFT + Math.max(200, (columns.length / Math.max(planned, columns.length)) * width);

const short = (value: number): string => String(Math.round(value * 100) / 100);
