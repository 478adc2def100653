import type { ReactElement } from 'react';
import styles from './chart.module.css';
import type { ChartData, ChartSeries } from './chart-data.ts';
import { SeriesKey } from './series-key.tsx';

/** Most values that are told at once; a seventh would cover the chart (ours). */
const MOST_ROWS = 9;

/** What stands under the cursor, beside it. */
export function ChartReadout(props: { data: ChartData; index: number; left: number }): ReactElement | null {
  const { data, index, left } = props;
  const x = data.x[index];
  const isTold = ({ kind, isSilent, values }: ChartSeries): boolean =>
    kind !== 'raw' && isSilent !== true && typeof values[index] === 'number';
  const rows = data.series.filter(isTold).toReversed();
  if (x === undefined || rows.length === 0) return null;
  return (
    <div className={styles.readout} ref={(element) => placeBeside(element, left)}>
      <b>
        {data.xLabel} {data.xWords?.(x) ?? x}
      </b>
      {rows.slice(0, MOST_ROWS).map((one) => (
        <span key={one.label}>
          <SeriesKey series={one} />
          {one.label}
          <output>{data.words(one.values[index] as number)}</output>
        </span>
      ))}
    </div>
  );
}

/** Right of the cursor, or left of it where it would be cut off. */
export function placeBeside(element: HTMLElement | null, left: number): void {
  const parent = element?.parentElement;
  if (element === null || parent === null || parent === undefined) return;
  const fitsRight = left + 12 + element.offsetWidth <= parent.clientWidth;
  const x = fitsRight ? left + 12 : Math.max(0, left - 12 - element.offsetWidth);
  element.style.transform = `translateX(${Math.round(x)}px)`;
}
