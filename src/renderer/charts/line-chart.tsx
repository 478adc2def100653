import type { ReactElement, ReactNode } from 'react';
import { activeTheme } from '../styles/use-active-theme.ts';
import styles from './chart.module.css';
import { ChartCanvas } from './chart-canvas.tsx';
import { chartToCsv, fileName } from './chart-csv.ts';
import type { ChartData } from './chart-data.ts';
import { ChartFrame } from './chart-frame.tsx';
import { CHART_PALETTES } from './chart-palettes.ts';
import { chartToSvg } from './chart-svg.ts';
import { ChartTable } from './chart-table.tsx';

interface LineChartProps {
  readonly data: ChartData;
  /** In the chart's place while it has no value. */
  readonly empty?: ReactNode;
  readonly controls?: ReactNode;
  readonly note?: ReactNode;
}

/** A chart of lines with all that belongs to it. */
export function LineChart({ data, empty, controls, note }: LineChartProps): ReactElement {
  const isEmpty = !data.series.some(({ values }) => values.some((value) => typeof value === 'number'));
  const files = isEmpty
    ? {}
    : {
        csv: { name: fileName(data.title, 'csv'), text: () => chartToCsv(data) },
        svg: { name: fileName(data.title, 'svg'), text: () => chartToSvg(data, CHART_PALETTES[activeTheme()]) },
        table: () => <ChartTable data={data} />,
      };
  return (
    <ChartFrame title={data.title} series={data.series} controls={controls} note={note} {...files}>
      {isEmpty && empty !== undefined ? <p className={styles.none}>{empty}</p> : <ChartCanvas data={data} />}
    </ChartFrame>
  );
}
