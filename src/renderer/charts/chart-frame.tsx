import { Download } from 'lucide-react';
import { type ReactElement, type ReactNode, useState } from 'react';
import { saveFile } from '../components/clipboard.ts';
import styles from './chart.module.css';
import type { ChartSeries } from './chart-data.ts';
import { endLabelText } from './end-labels.ts';
import { SeriesKey } from './series-key.tsx';

export interface ChartFile {
  readonly name: string;
  /** Text of the file; made when it is asked for. */
  readonly text: () => string;
}

export interface ChartFrameProps {
  /** In words. */
  readonly title: string;
  /** Named here unless they carry their label at the end of the line. */
  readonly series?: readonly ChartSeries[];
  /** Left out while there is nothing to save. */
  readonly csv?: ChartFile | undefined;
  readonly svg?: ChartFile | undefined;
  /** The numbers; left out while there are none. */
  readonly table?: (() => ReactNode) | undefined;
  /** More controls, before the others. */
  readonly controls?: ReactNode;
  /** What has to be known beside the chart, below its head. */
  readonly note?: ReactNode;
  readonly children: ReactNode;
}

/** A chart's head: title, legend, its numbers as a table, and files out. It fills its parent. */
export function ChartFrame(props: ChartFrameProps): ReactElement {
  const { title, series = [], csv, svg, table, controls, note, children } = props;
  const [isTable, setIsTable] = useState(false);
  return (
    <figure className={styles.chart} aria-label={title}>
      <figcaption className={styles.head}>
        <h3>{title}</h3>
        <Legend series={series} />
        {controls}
        <div className={styles.tools}>
          {table === undefined ? null : (
            <button
              type="button"
              className={styles.switch}
              aria-pressed={isTable}
              onClick={() => setIsTable((was) => !was)}
            >
              As table
            </button>
          )}
          <SaveButton kind="CSV" type="text/csv" title={title} file={csv} />
          <SaveButton kind="SVG" type="image/svg+xml" title={title} file={svg} />
        </div>
      </figcaption>
      {note === undefined ? null : <div className={styles.note}>{note}</div>}
      {isTable && table !== undefined ? table() : children}
    </figure>
  );
}

function SaveButton(props: {
  kind: 'CSV' | 'SVG';
  type: string;
  title: string;
  file: ChartFile | undefined;
}): ReactElement | null {
  const { kind, type, title, file } = props;
  if (file === undefined) return null;
  return (
    <button
      type="button"
      className={styles.switch}
      aria-label={`Save ${title} as ${kind}`}
      title={`Save as ${kind}`}
      onClick={() => saveFile(file.name, type, file.text())}
    >
      <Download size={12} aria-hidden="true" />
      {kind}
    </button>
  );
}

function Legend({ series }: { series: readonly ChartSeries[] }): ReactElement | null {
  const named = series.filter((one) => one.isSilent !== true && one.kind !== 'raw' && endLabelText(one) === null);
  if (named.length === 0) return null;
  return (
    <ul className={styles.legend}>
      {named.map((one) => (
        <li key={one.label}>
          <SeriesKey series={one} />
          {one.label}
        </li>
      ))}
    </ul>
  );
}
