import { type PointerEvent, type ReactElement, useEffect, useRef, useState } from 'react';
import { percent } from '../components/words.ts';
import { useActiveTheme } from '../styles/use-active-theme.ts';
import readout from './chart.module.css';
import { CHART_PALETTES } from './chart-palettes.ts';
import { placeBeside } from './chart-readout.tsx';
import { columnWords, type HeatMap, heatColour, heatTiles, tileAt } from './heat-map.ts';
import styles from './policy-map.module.css';

/** The tiles on a canvas, their rows named beside; a tooltip tells the tile under the pointer. */
export function HeatCanvas({ map }: { map: HeatMap }): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useActiveTheme();
  const [under, setUnder] = useState<{ column: number; row: number; left: number; width: number } | null>(null);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const draw = (): void => paint(element, map, CHART_PALETTES[theme]);
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    draw();
    return () => observer.disconnect();
  }, [map, theme]);
  const move = (event: PointerEvent<HTMLCanvasElement>): void => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    const place = { x: event.clientX - left, y: event.clientY - top };
    const tile = tileAt(map, place, { width, height });
    setUnder(tile === null ? null : { ...tile, left: place.x, width });
  };
  const first = map.columns[0];
  const last = map.columns.at(-1);
  return (
    <div className={styles.heat} role="img" aria-label={heatWords(map)}>
      <ul className={styles.options} aria-hidden="true">
        {map.options.map((option) => (
          <li key={option}>{option}</li>
        ))}
      </ul>
      <div className={styles.tiles}>
        <canvas ref={canvas} onPointerMove={move} onPointerLeave={() => setUnder(null)} />
        {under === null ? null : <TileReadout map={map} {...under} />}
      </div>
      <p className={styles.ends} aria-hidden="true">
        <span>{first === undefined ? '' : columnWords(first)}</span>
        <span>{last === undefined || last === first ? '' : `to ${columnWords(last)}`}</span>
      </p>
    </div>
  );
}

function TileReadout(props: { map: HeatMap; column: number; row: number; left: number }): ReactElement | null {
  const { map, column, row, left } = props;
  const under = map.columns[column];
  if (under === undefined) return null;
  return (
    <div className={readout.readout} ref={(element) => placeBeside(element, left)}>
      <b>{columnWords(under)}</b>
      <span>
        {map.options[row]} <output>{percent(under.probabilities[row] ?? 0)}</output>
      </span>
    </div>
  );
}

function paint(canvas: HTMLCanvasElement, map: HeatMap, { heat, line }: (typeof CHART_PALETTES)['light']): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = window.devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.scale(ratio, ratio);
  const tiles = heatTiles(map, width, height);
  for (const tile of tiles) {
    context.fillStyle = heatColour(heat, tile.part);
    context.fillRect(tile.x, tile.y, tile.width, tile.height);
  }
  // Edges between tiles, where they leave room for the tiles themselves.
  const isWide = (tiles[0]?.width ?? 0) >= 4;
  context.strokeStyle = line;
  context.beginPath();
  for (const { x, y, width: across, height: down } of tiles) {
    context.moveTo(x, y + down);
    context.lineTo(x + across, y + down);
    if (!isWide) continue;
    context.moveTo(x + across, y);
    context.lineTo(x + across, y + down);
  }
  context.stroke();
}

/** What the newest column says, for those who can't see the canvas; the table has all of it. */
function heatWords({ title, options, columns }: HeatMap): string {
  const newest = columns.at(-1);
  if (newest === undefined) return title;
  const most = Math.max(...newest.probabilities);
  const option = options[newest.probabilities.indexOf(most)] ?? '';
  return `${title}; ${columnWords(newest)}: most likely ${option} with ${percent(most)}`;
}
