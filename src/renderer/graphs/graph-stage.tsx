import {
  type KeyboardEvent,
  type ReactElement,
  type RefObject,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useActiveTheme } from '../styles/use-active-theme.ts';
import type { Part, PartId } from './cell-drawing.ts';
import styles from './cell-graph.module.css';
import { type Arrow, linesThrough, neighbour } from './cell-paths.ts';
import type { GraphScene } from './graph-scene.ts';
import { ZOOM } from './graph-viewport.ts';
import { GraphWindow } from './graph-window.ts';
import { PartTooltip } from './part-tooltip.tsx';
import { partLabel } from './part-words.ts';
import { PALETTES } from './theme-palettes.ts';

/** How far Shift and an arrow pan, in CSS pixels (ours). */
const PAN_STEP = 48;

export interface GraphStageProps extends GraphScene {
  readonly name: string;
  readonly onSelect: ((part: Part) => void) | undefined;
  readonly onOpen: (() => void) | undefined;
  readonly graphWindow: RefObject<GraphWindow | null>;
}

/** The drawing on its canvas, and over it one transparent option for each of its parts. */
export function GraphStage(props: GraphStageProps): ReactElement {
  const { cell, drawing, facts, comparison, name, onSelect, onOpen, graphWindow } = props;
  const palette = PALETTES[useActiveTheme()];
  const stage = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const counterpart = useRef<HTMLDivElement>(null);
  const [, setMoves] = useState(0);
  const [focused, setFocused] = useState<PartId | null>(null);
  const [hovered, setHovered] = useState<PartId | null>(null);
  const [isTold, setIsTold] = useState(true);
  const [last, setLast] = useState<PartId | null>(null);
  const tooltipId = useId();
  const labels = useMemo(
    () => drawing.parts.map((part) => partLabel(part, cell, drawing, facts, comparison)),
    [cell, drawing, facts, comparison],
  );

  useLayoutEffect(() => {
    const parts = { stage: stage.current!, canvas: canvas.current!, counterpart: counterpart.current! };
    const opened = new GraphWindow(parts, () => setMoves((moves) => moves + 1));
    graphWindow.current = opened;
    return () => {
      opened.destroy();
      graphWindow.current = null;
    };
  }, [graphWindow]);
  useLayoutEffect(
    () => graphWindow.current?.show({ drawing, palette, comparison }),
    [graphWindow, drawing, palette, comparison],
  );

  const active = drawing.parts.find(({ id }) => id === (hovered ?? focused));
  useEffect(() => {
    graphWindow.current?.highlight(active === undefined ? null : linesThrough(drawing, active.id));
  }, [graphWindow, drawing, active]);

  const entry = drawing.parts.find(({ id }) => id === last) ?? drawing.parts[0]!;
  const optionOf = (part: Part) =>
    counterpart.current?.children[drawing.parts.indexOf(part)] as HTMLElement | undefined;

  const enter = (part: Part) => {
    setFocused(part.id);
    // A mouse that rests somewhere does not hold back what the keys go to.
    setHovered(null);
    setLast(part.id);
    setIsTold(true);
    graphWindow.current?.reveal(part.box);
  };
  const onKeyDown = (event: KeyboardEvent, part: Part) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Escape') {
      if (!isTold) return;
      setIsTold(false);
    } else if (!pressed(event, part)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  /** Whether the key means something here. */
  const pressed = ({ key, shiftKey }: KeyboardEvent, part: Part): boolean => {
    const opened = graphWindow.current;
    if (isArrow(key) && shiftKey) opened?.panBy(PAN_STEP * PAN[key].x, PAN_STEP * PAN[key].y);
    else if (isArrow(key)) optionOf(neighbour(drawing, part, key) ?? part)?.focus({ preventScroll: true });
    else if (key === 'Home') optionOf(drawing.parts[0]!)?.focus({ preventScroll: true });
    else if (key === 'End') optionOf(drawing.parts.at(-1)!)?.focus({ preventScroll: true });
    else if (key === '+' || key === '=') opened?.zoomBy(ZOOM.step);
    else if (key === '-' || key === '−') opened?.zoomBy(1 / ZOOM.step);
    else if (key === '0') opened?.fit();
    else if ((key === 'Enter' || key === ' ') && onSelect !== undefined) onSelect(part);
    else return false;
    return true;
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a second way; the pane's button and its key do the same
    <div className={styles.stage} ref={stage} onDoubleClick={onOpen}>
      <div className={styles.canvas} ref={canvas} aria-hidden="true" />
      <div
        className={styles.parts}
        ref={counterpart}
        role="listbox"
        aria-label={name}
        style={{ width: drawing.width, height: drawing.height }}
      >
        {drawing.parts.map((part, index) => (
          <div
            key={part.id}
            role="option"
            data-part={part.id}
            className={part.kind === 'circle' ? `${styles.part} ${styles.round}` : styles.part}
            style={{ left: part.box.x, top: part.box.y, width: part.box.width, height: part.box.height }}
            tabIndex={part === entry ? 0 : -1}
            aria-selected={part.id === focused}
            aria-label={labels[index]}
            aria-describedby={part === active && isTold ? tooltipId : undefined}
            onFocus={() => enter(part)}
            onBlur={() => setFocused(null)}
            onPointerEnter={() => {
              setHovered(part.id);
              setIsTold(true);
            }}
            onPointerLeave={() => setHovered(null)}
            onClick={() => onSelect?.(part)}
            onKeyDown={(event) => onKeyDown(event, part)}
          />
        ))}
      </div>
      {active === undefined || !isTold ? null : (
        <PartTooltip
          id={tooltipId}
          part={active}
          cell={cell}
          drawing={drawing}
          facts={facts}
          comparison={comparison}
          anchor={optionOf(active)}
        />
      )}
    </div>
  );
}

/** Where the drawing goes when the window looks in a direction. */
const PAN: Readonly<Record<Arrow, { x: number; y: number }>> = {
  ArrowLeft: { x: 1, y: 0 },
  ArrowRight: { x: -1, y: 0 },
  ArrowUp: { x: 0, y: 1 },
  ArrowDown: { x: 0, y: -1 },
};

const isArrow = (key: string): key is Arrow => key in PAN;
