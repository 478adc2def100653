import { type Theme, tokenValue } from '../styles/token-value.ts';
import { type ChartMark, type ChartSeries, dashOf, type SeriesColour } from './chart-data.ts';

/** The colours of a chart, as literal values: a canvas and an exported file know no custom properties. */
export interface ChartPalette {
  readonly surface: string;
  readonly line: string;
  readonly edge: string;
  readonly text: string;
  readonly text2: string;
  readonly accent: string;
  readonly bad: string;
  readonly off: string;
  readonly series: Readonly<Record<SeriesColour, string>>;
  /** From probability 0 to 1. */
  readonly heat: readonly string[];
}

/** Out of the text of styles/tokens.css, so that no colour is written down twice. */
export function readChartPalette(css: string, theme: Theme): ChartPalette {
  const value = (name: string): string => tokenValue(css, theme, name);
  return {
    surface: value('surface'),
    line: value('line'),
    edge: value('edge'),
    text: value('text'),
    text2: value('text-2'),
    accent: value('accent'),
    bad: value('bad'),
    off: value('off'),
    series: {
      1: value('series-1'),
      2: value('series-2'),
      3: value('series-3'),
      4: value('series-4'),
      5: value('series-5'),
      6: value('series-6'),
    },
    heat: [0, 1, 2, 3, 4, 5].map((level) => value(`heat-${level}`)),
  };
}

/** Of a raw line beneath its smoothed one (design, section 5). */
export const RAW_OPACITY = 0.3;
/** Diameter, CSS pixels. */
export const DOT_SIZE = 5;
/** The same of a thin line, so that both are told apart where each is a dot alone (ours). */
const THIN_DOT_SIZE = 3;

export const dotSize = ({ kind }: ChartSeries): number => (kind === 'dashed' ? THIN_DOT_SIZE : DOT_SIZE);

const WIDTHS = { line: 2, dashed: 1, raw: 1.5, dots: 0, steps: 1.5 } as const;

export const strokeWidth = ({ width, kind }: ChartSeries): number => width ?? WIDTHS[kind];

export function strokeDash({ dash, kind, colour }: ChartSeries): readonly number[] {
  if (dash !== undefined) return dash;
  if (kind === 'dashed') return [6, 4];
  return kind === 'line' ? dashOf(colour) : [];
}

/** In a box of 24 by 24 around its middle, for strokes: lucide's icons of the states, and our diamond. */
export const MARK_PATHS: Readonly<Record<ChartMark['kind'], string>> = {
  best: 'M12 4L20 12L12 20L4 12Z',
  failed: 'M22 12A10 10 0 1 1 2 12A10 10 0 1 1 22 12M15 9L9 15M9 9L15 15',
  cancelled: 'M22 12A10 10 0 1 1 2 12A10 10 0 1 1 22 12M4.93 4.93L19.07 19.07',
  pruned:
    'M9 6A3 3 0 1 1 3 6A3 3 0 1 1 9 6M9 18A3 3 0 1 1 3 18A3 3 0 1 1 9 18M8.12 8.12L12 12M20 4L8.12 15.88M14.8 14.8L20 20',
};
/** Width and height of a mark, CSS pixels. */
export const MARK_SIZE = 14;

export const markColour = ({ kind, colour }: ChartMark, palette: ChartPalette): string => {
  if (kind === 'best') return palette.series[colour];
  return kind === 'failed' ? palette.bad : palette.off;
};
