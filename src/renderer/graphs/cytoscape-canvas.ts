import cytoscape from 'cytoscape';
import type { CellDrawing } from './cell-drawing.ts';
import type { CellComparison } from './compare-cells.ts';
import { cytoscapeElements } from './cytoscape-elements.ts';
import { cytoscapeStyle } from './cytoscape-style.ts';
import type { Viewport } from './graph-viewport.ts';
import type { Palette } from './palette.ts';

/** What a canvas shows. */
export interface Scene {
  readonly drawing: CellDrawing;
  readonly palette: Palette;
  readonly comparison: CellComparison | undefined;
}

/** An element of this id keeps Cytoscape from writing its style element, which the page's policy would refuse. */
const STYLE_MARKER_ID = '__________cytoscape_stylesheet';

/**
 * Cytoscape as a mere painter: it gets positions and never computes any, and it hears no mouse and no keys; the DOM
 * counterpart over it does. It lives as long as its container and takes scene after scene.
 */
export class CytoscapeCanvas {
  private readonly cy: cytoscape.Core;
  private palette: Palette | null = null;

  constructor(container: HTMLElement) {
    markStyleAsWritten(container.ownerDocument);
    this.cy = cytoscape({
      container,
      layout: { name: 'preset' },
      userPanningEnabled: false,
      userZoomingEnabled: false,
      boxSelectionEnabled: false,
      autoungrabify: true,
      autounselectify: true,
    });
    paintDirectly(this.cy);
  }

  show({ drawing, palette, comparison }: Scene): void {
    this.cy.batch(() => {
      this.cy.elements().remove();
      this.cy.add(cytoscapeElements(drawing, palette, comparison));
      if (palette === this.palette) return;
      this.palette = palette;
      this.cy.style(cytoscapeStyle(palette));
    });
  }

  move({ zoom, x, y }: Viewport): void {
    this.cy.viewport({ zoom, pan: { x, y } });
  }

  /** To be called when the container has another size. */
  resize(): void {
    this.cy.resize();
  }

  /** Lights up lines and dims all others; with null every line is as always. */
  highlight(lines: ReadonlySet<string> | null): void {
    this.cy.batch(() => {
      for (const edge of this.cy.edges()) {
        edge.toggleClass('on-path', lines?.has(edge.id()) ?? false);
        edge.toggleClass('off-path', lines !== null && !lines.has(edge.id()));
      }
    });
  }

  destroy(): void {
    this.cy.destroy();
  }
}

function markStyleAsWritten(page: Document): void {
  if (page.getElementById(STYLE_MARKER_ID) !== null) return;
  const marker = page.createElement('meta');
  marker.id = STYLE_MARKER_ID;
  page.head.append(marker);
}

type Paint = (context: CanvasRenderingContext2D, elements: unknown) => void;

/**
 * Makes Cytoscape (3.34) paint elements where they stand. By itself it paints from textures of a power of two, which
 * pays for thousands of elements and blurs the labels at every zoom below such a power; a cell has 60 at most.
 */
function paintDirectly(cy: cytoscape.Core): void {
  const { renderer } = cy as unknown as { renderer(): { drawElements?: Paint; drawLayeredElements?: Paint } };
  const painter = renderer.call(cy);
  if (painter.drawElements !== undefined) painter.drawLayeredElements = painter.drawElements;
}
