import 'uplot/dist/uPlot.min.css';
import { type ReactElement, useEffect, useRef } from 'react';
import UPlot from 'uplot';
import { loadCanvasFace } from '../styles/canvas-face.ts';
import type { Theme } from '../styles/token-value.ts';
import { useActiveTheme } from '../styles/use-active-theme.ts';
import styles from './chart.module.css';
import { CursorPublisher, useCursor } from './chart-cursor.ts';
import type { ChartData, Range } from './chart-data.ts';
import { CHART_FONT } from './chart-font.ts';
import { ChartReadout } from './chart-readout.tsx';
import { endLabelText, labelMargin } from './end-labels.ts';
import { nearestIndex } from './nearest-index.ts';
import type { PlotGeometry } from './plot-geometry.ts';
import { plotData, plotOptions } from './plot-options.ts';

/** Charts are drawn again at most this often. Milliseconds (design). */
const DRAW_EVERY_MS = 250;

/** What another drawing is needed for; all else are new data. */
const shapeOf = (data: ChartData): string =>
  JSON.stringify([
    data.series.map((one) => [one.label, one.colour, one.kind, one.dash, one.width, endLabelText(one)]),
    [data.xLabel, data.isXLog, data.isYLog, labelMargin(data)],
  ]);

interface ChartCanvasProps {
  readonly data: ChartData;
  /** Called when the plot has another place or range; such a chart has no cursor of lines. */
  readonly onGeometry?: (geometry: PlotGeometry) => void;
}

/** A chart's lines. Its numbers are in the table for those who can't see a canvas. */
export function ChartCanvas({ data, onGeometry }: ChartCanvasProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const newest = useRef(data);
  newest.current = data;
  const theme = useActiveTheme();
  const cursor = useCursor(data.xLabel);
  usePlot(box, plot, newest, theme, shapeOf(data), onGeometry);

  const drawnAt = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new data are drawn
  useEffect(() => {
    const wait = Math.max(0, drawnAt.current + DRAW_EVERY_MS - performance.now());
    const timer = setTimeout(() => {
      drawnAt.current = performance.now();
      plot.current?.setData(plotData(newest.current));
    }, wait);
    return () => clearTimeout(timer);
  }, [data]);

  useEffect(() => {
    const left = cursor === null || plot.current === null ? -10 : plot.current.valToPos(cursor, 'x');
    plot.current?.setCursor({ left, top: cursor === null ? -10 : 0 }, false);
  }, [cursor]);

  const index = cursor === null || onGeometry !== undefined ? -1 : nearestIndex(data.x, cursor);
  return (
    <div ref={box} className={styles.canvas} aria-hidden="true">
      {index < 0 || plot.current === null ? null : (
        <ChartReadout data={data} index={index} left={readoutLeft(plot.current, data.x[index] ?? 0)} />
      )}
    </div>
  );
}

const readoutLeft = (plot: UPlot, x: number): number => plot.valToPos(x, 'x') + plot.bbox.left / UPlot.pxRatio;

function usePlot(
  box: { readonly current: HTMLDivElement | null },
  plot: { current: UPlot | null },
  newest: { readonly current: ChartData },
  theme: Theme,
  shape: string,
  onGeometry: ((geometry: PlotGeometry) => void) | undefined,
): void {
  const range = useRef<{ readonly subject: string; readonly range: Range } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another shape or theme is another chart
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    let isGone = false;
    const observer = new ResizeObserver(() => plot.current?.setSize(sizeOf(element)));
    const publisher = new CursorPublisher();
    const publish = (x: number | null): void => publisher.publish(newest.current.xLabel, x);
    void loadCanvasFace(CHART_FONT, document.fonts).then(() => {
      if (isGone) return;
      const options = plotOptions({ newest, range, theme, publish, onGeometry });
      plot.current = new UPlot({ ...options, ...sizeOf(element) }, plotData(newest.current), element);
      observer.observe(element);
    });
    return () => {
      isGone = true;
      observer.disconnect();
      publisher.release();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape, theme]);
}

const sizeOf = (element: HTMLElement) => ({
  width: Math.max(80, element.clientWidth),
  height: Math.max(60, element.clientHeight),
});
