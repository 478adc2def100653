import { CytoscapeCanvas, type Scene } from './cytoscape-canvas.ts';
import { fitViewport, pannedBy, type Size, showing, startViewport, type Viewport, zoomedAt } from './graph-viewport.ts';
import { loadLabelFont } from './label-font.ts';
import type { Box } from './pill-shape.ts';
import { turnToDraw } from './turn-to-draw.ts';

/** A press that moves less than this is a click, in CSS pixels (ours). */
const DRAG_THRESHOLD = 4;
/** Zoom for one CSS pixel of a wheel with Ctrl, as an exponent of 2 (ours; a notch of 100 px zooms by 1.19). */
const WHEEL_ZOOM = 1 / 400;

export interface GraphWindowParts {
  /** What listens to mouse and wheel, and clips. */
  readonly stage: HTMLElement;
  /** Holds the canvas. */
  readonly canvas: HTMLElement;
  /** The DOM counterpart, in the drawing's coordinates; moved along with the canvas. */
  readonly counterpart: HTMLElement;
}

/** The window onto a drawing: pans and zooms canvas and DOM counterpart together. */
export class GraphWindow {
  private readonly parts: GraphWindowParts;
  private readonly moved: () => void;
  private readonly observer: ResizeObserver;
  private readonly listeners = new AbortController();
  private canvas: CytoscapeCanvas | null = null;
  private scene: Scene | null = null;
  private highlighted: ReadonlySet<string> | null = null;
  private viewport: Viewport = { zoom: 1, x: 0, y: 0 };
  /** Until the person moves it, the drawing is placed anew whenever the window changes its size. */
  private isMovedByHand = false;

  /** `moved` is called whenever the parts have moved on the screen. */
  constructor(parts: GraphWindowParts, moved: () => void) {
    this.parts = parts;
    this.moved = moved;
    this.observer = new ResizeObserver(() => this.resized());
    this.observer.observe(parts.stage);
    this.listen();
    void loadLabelFont()
      .then(turnToDraw)
      .then(() => {
        if (this.listeners.signal.aborted) return;
        this.canvas = new CytoscapeCanvas(parts.canvas);
        if (this.scene !== null) this.paint(this.scene);
      });
  }

  show(scene: Scene): void {
    const isOther = scene.drawing !== this.scene?.drawing;
    this.scene = scene;
    if (isOther) this.placeAtStart();
    this.paint(scene);
  }

  /** Lights up lines of the drawing; null ends it. */
  highlight(lines: ReadonlySet<string> | null): void {
    this.highlighted = lines;
    this.canvas?.highlight(lines);
  }

  fit(): void {
    if (this.scene !== null) this.moveByHand(fitViewport(this.scene.drawing, this.size()));
  }

  /** Zooms by a factor around a point of the window, by default its middle. */
  zoomBy(factor: number, point?: { x: number; y: number }): void {
    const { width, height } = this.size();
    this.moveByHand(zoomedAt(this.viewport, factor, point ?? { x: width / 2, y: height / 2 }));
  }

  /** Pans; false when the drawing can't go further that way. */
  panBy(x: number, y: number): boolean {
    if (this.scene === null) return false;
    const next = pannedBy(this.viewport, { x, y }, this.scene.drawing, this.size());
    const isSame = Math.abs(next.x - this.viewport.x) < 0.5 && Math.abs(next.y - this.viewport.y) < 0.5;
    if (!isSame) this.moveByHand(next);
    return !isSame;
  }

  /** Pans as far as it takes to show a part. */
  reveal(box: Box): void {
    const next = showing(this.viewport, box, this.size());
    if (next.x !== this.viewport.x || next.y !== this.viewport.y) this.moveByHand(next);
  }

  destroy(): void {
    this.observer.disconnect();
    this.listeners.abort();
    this.canvas?.destroy();
  }

  private paint(scene: Scene): void {
    this.canvas?.show(scene);
    this.canvas?.highlight(this.highlighted);
    this.move(this.viewport);
  }

  private size(): Size {
    return { width: this.parts.stage.clientWidth, height: this.parts.stage.clientHeight };
  }

  private resized(): void {
    this.canvas?.resize();
    if (this.isMovedByHand) this.move(this.viewport);
    else this.placeAtStart();
  }

  private placeAtStart(): void {
    if (this.scene === null) return;
    this.isMovedByHand = false;
    this.move(startViewport(this.scene.drawing, this.size()));
  }

  private moveByHand(viewport: Viewport): void {
    this.isMovedByHand = true;
    this.move(viewport);
  }

  private move(viewport: Viewport): void {
    this.viewport = viewport;
    this.canvas?.move(viewport);
    const { style } = this.parts.counterpart;
    style.transform = `translate(${viewport.x}px, ${viewport.y}px) scale(${viewport.zoom})`;
    style.setProperty('--zoom', String(viewport.zoom));
    this.moved();
  }

  private listen(): void {
    const { signal } = this.listeners;
    const { stage } = this.parts;
    stage.addEventListener('wheel', (event) => this.wheeled(event), { passive: false, signal });
    stage.addEventListener('pointerdown', (event) => this.pressed(event), { signal });
    // The stage clips and must never scroll by itself, as it would when a focused part is out of sight.
    stage.addEventListener('scroll', () => stage.scrollTo(0, 0), { signal });
  }

  private wheeled(event: WheelEvent): void {
    const { left, top } = this.parts.stage.getBoundingClientRect();
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.zoomBy(2 ** (-event.deltaY * WHEEL_ZOOM), { x: event.clientX - left, y: event.clientY - top });
      return;
    }
    // A drawing that is only too wide follows the usual wheel, too.
    const moved = this.panBy(-event.deltaX, -event.deltaY) || this.panBy(-event.deltaY, 0);
    if (moved) event.preventDefault();
  }

  private pressed(down: PointerEvent): void {
    if (down.button !== 0) return;
    const { stage } = this.parts;
    const press = new AbortController();
    const signal = AbortSignal.any([press.signal, this.listeners.signal]);
    let last = { x: down.clientX, y: down.clientY };
    let isDragging = false;
    stage.addEventListener(
      'pointermove',
      (move) => {
        const by = { x: move.clientX - last.x, y: move.clientY - last.y };
        if (!isDragging && Math.hypot(by.x, by.y) < DRAG_THRESHOLD) return;
        if (!isDragging) stage.setPointerCapture(down.pointerId);
        isDragging = true;
        last = { x: move.clientX, y: move.clientY };
        this.panBy(by.x, by.y);
      },
      { signal },
    );
    for (const end of ['pointerup', 'pointercancel'] as const) {
      stage.ownerDocument.addEventListener(end, () => press.abort(), { signal });
    }
  }
}
