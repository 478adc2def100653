import type { ChartData } from './chart-data.ts';

/** A chart's numbers as CSV: a row an x, a column a series, at full precision; what is missing stays empty. */
export function chartToCsv({ xField, xLabel, x, series }: ChartData): string {
  const head = [xField ?? xLabel, ...series.map(({ label }) => label)].map(field);
  const rows = x.map((value, index) => [value, ...series.map(({ values }) => values[index] ?? '')]);
  return `${[head, ...rows].map((row) => row.join(',')).join('\r\n')}\r\n`;
}

/** A spreadsheet must not take a text for a formula. */
function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A file's name out of a title: `accuracy-of-trial-5.csv`. */
export function fileName(title: string, ending: string): string {
  const words = title.toLowerCase().match(/[a-z0-9]+/g) ?? ['chart'];
  return `${words.join('-').slice(0, 80)}.${ending}`;
}
