import { type ReactElement, useState } from 'react';
import table from '../components/table.module.css';
import styles from './chart.module.css';
import { ChartCanvas } from './chart-canvas.tsx';
import type { ChartData } from './chart-data.ts';

/** A chart with its title, its legend in words and its numbers as a table. It fills its parent. */
export function LineChart({ data }: { data: ChartData }): ReactElement {
  const [isTable, setIsTable] = useState(false);
  return (
    <figure className={styles.chart} aria-label={data.title}>
      <figcaption className={styles.head}>
        <h3>{data.title}</h3>
        <ul className={styles.legend}>
          {data.series.map(({ label, colour, kind }) => (
            <li key={label}>
              <i className={`${styles[`series${colour}`]} ${styles[kind]}`} aria-hidden="true" />
              {label}
            </li>
          ))}
        </ul>
        <button
          type="button"
          className={styles.switch}
          aria-pressed={isTable}
          onClick={() => setIsTable((was) => !was)}
        >
          As table
        </button>
      </figcaption>
      {isTable ? <ChartTable data={data} /> : <ChartCanvas data={data} />}
    </figure>
  );
}

function ChartTable({ data }: { data: ChartData }): ReactElement {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys too
    <section className={table.scroll} aria-label={`${data.title}, as table`} tabIndex={0}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col" className={table.number}>
              {data.xLabel}
            </th>
            {data.series.map(({ label }) => (
              <th key={label} scope="col" className={table.number}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.x.map((x, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two trials may cost the same
            <tr key={index}>
              <th scope="row" className={table.number}>
                {data.xWords?.(x) ?? x}
              </th>
              {data.series.map(({ label, values }) => {
                const value = values[index];
                return (
                  <td key={label} className={table.number}>
                    {value === null || value === undefined ? '–' : data.words(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
