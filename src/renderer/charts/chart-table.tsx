import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactElement, useEffect, useRef } from 'react';
import table from '../components/table.module.css';
import styles from './chart.module.css';
import { useCursor, useCursorPublisher } from './chart-cursor.ts';
import type { ChartData } from './chart-data.ts';
import { nearestIndex } from './nearest-index.ts';

const ROW_HEIGHT = 28;

/** A chart's numbers, a row an x; only the rows in sight are there. The row under the shared cursor is marked. */
export function ChartTable({ data }: { data: ChartData }): ReactElement {
  const { title, xLabel, x, xWords, series, words } = data;
  return (
    <NumberTable
      label={`${title}, as table`}
      heads={[xLabel, ...series.map(({ label }) => label)]}
      count={x.length}
      row={(index) => [
        xWords?.(x[index] ?? 0) ?? String(x[index]),
        ...series.map(({ values }) => {
          const value = values[index];
          return typeof value === 'number' ? words(value) : value === null ? '–' : '';
        }),
      ]}
      cursor={data}
    />
  );
}

interface NumberTableProps {
  readonly label: string;
  readonly heads: readonly string[];
  readonly count: number;
  /** The cells of a row, its head first. */
  readonly row: (index: number) => readonly string[];
  readonly cursor?: { readonly xLabel: string; readonly x: readonly number[] };
}

const NO_CURSOR = { xLabel: '', x: [] };

export function NumberTable(props: NumberTableProps): ReactElement {
  const { label, heads, count, row, cursor = NO_CURSOR } = props;
  const box = useRef<HTMLElement>(null);
  const rows = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 6,
  });
  const at = useCursor(cursor.xLabel);
  const marked = at === null ? -1 : nearestIndex(cursor.x, at);
  const publisher = useCursorPublisher();
  const isOwn = useRef(false);
  useEffect(() => {
    if (marked >= 0 && !isOwn.current) rows.scrollToIndex(marked, { align: 'auto' });
  }, [marked, rows]);
  const shown = rows.getVirtualItems();
  const above = shown[0]?.start ?? 0;
  const below = rows.getTotalSize() - (shown.at(-1)?.end ?? 0);
  const point = (index: number | null): void => {
    isOwn.current = index !== null;
    if (cursor.xLabel !== '') publisher.publish(cursor.xLabel, index === null ? null : (cursor.x[index] ?? null));
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys too
    <section ref={box} className={table.scroll} aria-label={label} tabIndex={0} onPointerLeave={() => point(null)}>
      <table className={`${table.table} ${styles.numbers}`} aria-rowcount={count + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {heads.map((head) => (
              <th key={head} scope="col" className={table.number}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Space height={above} columns={heads.length} />
          {shown.map(({ index }) => (
            <tr
              key={index}
              aria-rowindex={index + 2}
              className={index === marked ? styles.marked : ''}
              onPointerEnter={() => point(index)}
            >
              {row(index).map((cell, column) =>
                column === 0 ? (
                  <th key={heads[column]} scope="row" className={table.number}>
                    {cell}
                  </th>
                ) : (
                  <td key={heads[column]} className={table.number}>
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))}
          <Space height={below} columns={heads.length} />
        </tbody>
      </table>
    </section>
  );
}

function Space({ height, columns }: { height: number; columns: number }): ReactElement | null {
  if (height <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row of no cells, that nothing can focus
    <tr aria-hidden="true">
      <td className={styles.space} colSpan={columns} style={{ height }} />
    </tr>
  );
}
