import { type KeyboardEvent, type PointerEvent, type ReactElement, useMemo, useRef, useState } from 'react';
import { percent } from '../components/words.ts';
import { type RowKey, rowName } from '../state/row-key.ts';
import readout from './chart.module.css';
import { ChartCanvas } from './chart-canvas.tsx';
import { placeBeside } from './chart-readout.tsx';
import { nearestPoint, type PlotGeometry, pixelsOf, valuesAt } from './plot-geometry.ts';
import type { Area } from './scatter-area.ts';
import { COST_FACTS, type Cost, type ScatterPoints, scatterChart } from './scatter-data.ts';
import { neighbour } from './scatter-keys.ts';
import styles from './scatter-plot.module.css';

/** A dot answers a pointer that is this near, CSS pixels (ours). */
const REACH = 10;
/** A press that moves less is a click, CSS pixels (ours). */
const DRAG_THRESHOLD = 5;

interface ScatterPlotProps {
  readonly points: ScatterPoints;
  readonly cost: Cost;
  readonly isLog: boolean;
  readonly selected: RowKey | null;
  readonly onSelect: (row: RowKey) => void;
  readonly onArea: (area: Area) => void;
}

/** Reward against a cost, a dot a trial. A drag marks an area; arrows go through the dots, Enter selects one. */
export function ScatterPlot(props: ScatterPlotProps): ReactElement {
  const { points, cost, isLog } = props;
  const [geometry, setGeometry] = useState<PlotGeometry | null>(null);
  const data = useMemo(() => scatterChart(points, cost, isLog), [points, cost, isLog]);
  return (
    <div className={styles.plot}>
      <ChartCanvas data={data} onGeometry={setGeometry} />
      {geometry === null ? null : <Dots {...props} geometry={geometry} />}
    </div>
  );
}

interface Place {
  readonly x: number;
  readonly y: number;
}

function Dots(props: ScatterPlotProps & { geometry: PlotGeometry }): ReactElement {
  const { points, cost, selected, geometry, onSelect, onArea } = props;
  const pixels = useMemo(() => pixelsOf(geometry, points.x, points.reward), [geometry, points]);
  const chosen = useMemo(() => (selected === null ? -1 : points.row.indexOf(selected)), [points, selected]);
  const [active, setActive] = useState<RowKey | null>(null);
  const [drag, setDrag] = useState<{ readonly from: Place; readonly to: Place } | null>(null);
  const pressed = useRef<Place | null>(null);
  // The dot of a number may be gone when the filter changes.
  const shown = active === null ? -1 : points.row.indexOf(active);
  const select = (index: number): void => {
    const row = points.row[index];
    if (row !== undefined) onSelect(row);
  };
  const at = (index: number): Place => ({ x: pixels.x[index] ?? 0, y: pixels.y[index] ?? 0 });

  const move = (event: PointerEvent<HTMLDivElement>): void => {
    const to = placeIn(event, geometry);
    const from = pressed.current;
    if (from !== null && (drag !== null || Math.hypot(to.x - from.x, to.y - from.y) > DRAG_THRESHOLD)) {
      setDrag({ from, to });
      return;
    }
    const index = nearestPoint(pixels, to, REACH);
    setActive(index < 0 ? null : (points.row[index] ?? null));
  };
  const press = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    pressed.current = placeIn(event, geometry);
  };
  const cancel = (): void => {
    pressed.current = null;
    setDrag(null);
  };
  const release = (event: PointerEvent<HTMLDivElement>): void => {
    const from = pressed.current;
    cancel();
    if (from === null) return;
    if (drag !== null) onArea(areaBetween(geometry, from, placeIn(event, geometry)));
    else select(shown);
  };
  const key = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.key === 'Escape' && drag !== null) {
      cancel();
      return;
    }
    const here = shown >= 0 ? shown : chosen;
    if (event.key === 'Enter') select(here);
    const next = neighbour(points, here, event.key);
    if (next === null) return;
    event.preventDefault();
    setActive(points.row[next] ?? null);
  };
  return (
    <div
      className={styles.dots}
      style={{ left: geometry.left, top: geometry.top, width: geometry.width, height: geometry.height }}
      role="listbox"
      aria-label={`${COST_FACTS[cost].title}: ${points.row.length} trials by ${COST_FACTS[cost].xLabel}; drag to filter`}
      aria-activedescendant={shown >= 0 ? 'scatter-dot' : undefined}
      tabIndex={0}
      onPointerMove={move}
      onPointerDown={press}
      onPointerUp={release}
      onPointerCancel={cancel}
      onPointerLeave={() => setActive(null)}
      onKeyDown={key}
    >
      {chosen >= 0 ? <Ring place={at(chosen)} className={styles.selected} /> : null}
      {shown >= 0 ? <Ring place={at(shown)} className={styles.active} /> : null}
      {drag === null ? null : <i className={styles.area} style={boxOf(drag.from, drag.to)} />}
      {shown >= 0 && drag === null ? (
        <DotName points={points} cost={cost} index={shown} isSelected={shown === chosen} left={at(shown).x} />
      ) : null}
    </div>
  );
}

function DotName(props: { points: ScatterPoints; cost: Cost; index: number; isSelected: boolean; left: number }) {
  const { points, cost, index, isSelected, left } = props;
  const { xLabel, words } = COST_FACTS[cost];
  return (
    <div
      id="scatter-dot"
      role="option"
      aria-selected={isSelected}
      aria-posinset={index + 1}
      aria-setsize={points.row.length}
      tabIndex={-1}
      className={readout.readout}
      ref={(element) => placeBeside(element, left)}
    >
      <b>trial {rowName(points.row[index] ?? '0')}</b>
      <span>
        reward <output>{percent(points.reward[index] ?? 0)}</output>
      </span>
      <span>
        {xLabel} <output>{words(points.x[index] ?? 0)}</output>
      </span>
    </div>
  );
}

function Ring({ place, className }: { place: Place; className: string | undefined }): ReactElement {
  return <i className={className} style={{ left: place.x, top: place.y }} />;
}

function placeIn(event: PointerEvent<HTMLDivElement>, { width, height }: PlotGeometry): Place {
  const box = event.currentTarget.getBoundingClientRect();
  const within = (value: number, most: number): number => Math.min(most, Math.max(0, value));
  return { x: within(event.clientX - box.left, width), y: within(event.clientY - box.top, height) };
}

const boxOf = (one: Place, other: Place) => ({
  left: Math.min(one.x, other.x),
  top: Math.min(one.y, other.y),
  width: Math.abs(one.x - other.x),
  height: Math.abs(one.y - other.y),
});

function areaBetween(geometry: PlotGeometry, one: Place, other: Place): Area {
  const [from, to] = [valuesAt(geometry, one), valuesAt(geometry, other)];
  return {
    x: [Math.min(from.x, to.x), Math.max(from.x, to.x)],
    reward: [Math.min(from.y, to.y), Math.max(from.y, to.y)],
  };
}
