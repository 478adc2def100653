import type { ReactElement } from 'react';
import styles from './chart.module.css';
import type { ChartSeries } from './chart-data.ts';
import { DOT_SIZE, strokeDash, strokeWidth } from './chart-style.ts';

/** Two periods of the longest dashes, CSS pixels. */
const WIDTH = 28;
const HEIGHT = 8;

/** A piece of a series beside its name: its colour, dashes and width, or its dot. */
export function SeriesKey({ series }: { series: ChartSeries }): ReactElement {
  const { kind, colour } = series;
  const isDot = kind === 'dots';
  const width = isDot ? HEIGHT : WIDTH;
  const middle = HEIGHT / 2;
  return (
    <svg className={`${styles.key} ${styles[`series${colour}`]}`} width={width} height={HEIGHT} aria-hidden="true">
      {isDot ? (
        <circle cx={middle} cy={middle} r={DOT_SIZE / 2} fill="currentColor" />
      ) : (
        <path
          d={`M0 ${middle}H${width}`}
          stroke="currentColor"
          strokeWidth={strokeWidth(series)}
          strokeDasharray={strokeDash(series).join(' ')}
        />
      )}
    </svg>
  );
}
