import type { StylesheetJson, StylesheetJsonBlock } from 'cytoscape';
import { OPERATION_FAMILIES } from '../../shared/search-space/operation-facts.ts';
import { MEASURES } from './cell-drawing.ts';
import { DASH, LABEL_WEIGHT } from './cell-marks.ts';
import { LABEL_FONT } from './label-font.ts';
import type { Palette } from './palette.ts';
import { RING, SIGN_SIZE } from './part-look.ts';
import { PILL, pillCorners } from './pill-shape.ts';

/** Scale at which Cytoscape's triangle, 0.3 x 29 px at these widths of line, has the height of our arrowhead. */
const ARROW_SCALE = MEASURES.arrowhead / (0.3 * 29);

const UNIT_BOX = { x: -1, y: -1, width: 2, height: 2 } as const;

/** Cytoscape's own types lag behind its properties: `endpoints` and lists out of an element's data are missing. */
const rule = (selector: string, style: Readonly<Record<string, unknown>>): StylesheetJsonBlock =>
  ({ selector, style }) as StylesheetJsonBlock;

/** Cytoscape's style of a drawing. What a part looks like comes with its data; this is what all have in common. */
export function cytoscapeStyle(palette: Palette): StylesheetJson {
  return [...partStyle(), ...familyStyle(), ...extraStyle(palette), ...lineStyle(palette)];
}

function partStyle(): StylesheetJson {
  return [
    rule('node', {
      'font-family': LABEL_FONT,
      'font-weight': LABEL_WEIGHT,
      'font-size': MEASURES.fontSize,
      'text-valign': 'center',
      'text-halign': 'center',
      'overlay-opacity': 0,
      events: 'no',
    }),
    rule('node.part', {
      label: 'data(label)',
      width: 'data(width)',
      height: 'data(height)',
      'background-color': 'data(fill)',
      'border-color': 'data(border)',
      'border-width': 'data(borderWidth)',
      'border-position': 'inside',
      color: 'data(ink)',
      shape: 'rectangle',
    }),
    rule('node.circle', { shape: 'ellipse' }),
    rule('node.dashed', { 'border-style': 'dashed', 'border-dash-pattern': DASH }),
  ];
}

function familyStyle(): StylesheetJson {
  return OPERATION_FAMILIES.map((family) => {
    const corners = pillCorners(family, UNIT_BOX);
    if (corners === null) {
      return rule(`node.${family}`, { shape: 'round-rectangle', 'corner-radius': `${PILL.height / 2}px` });
    }
    return rule(`node.${family}`, { shape: 'polygon', 'shape-polygon-points': corners.flatMap(({ x, y }) => [x, y]) });
  });
}

/** What stands beside the parts: rings and signs of a comparison, the words below the output. */
function extraStyle(palette: Palette): StylesheetJson {
  return [
    rule('node.differs', {
      'outline-color': palette.diff,
      'outline-width': RING.width,
      'outline-offset': RING.offset,
    }),
    rule('node.caption', {
      label: 'data(label)',
      color: 'data(ink)',
      width: 1,
      height: 1,
      'background-opacity': 0,
    }),
    rule('node.sign', {
      label: 'data(label)',
      width: SIGN_SIZE,
      height: SIGN_SIZE,
      shape: 'ellipse',
      'background-color': palette.diff,
      color: palette.surface,
      'z-index': 1,
    }),
  ];
}

function lineStyle(palette: Palette): StylesheetJson {
  const colour = (value: string) => ({ 'line-color': value, 'target-arrow-color': value });
  return [
    rule('edge', {
      width: 1.5,
      ...colour(palette.edge),
      'source-endpoint': 'data(from)',
      'target-endpoint': 'data(to)',
      'edge-distances': 'endpoints',
      'curve-style': 'straight',
      'overlay-opacity': 0,
      events: 'no',
    }),
    rule('edge.bent', {
      'curve-style': 'round-segments',
      'segment-weights': 'data(weights)',
      'segment-distances': 'data(distances)',
      'segment-radii': 'data(radii)',
      'radius-type': 'arc-radius',
    }),
    rule('edge.arrow', { 'target-arrow-shape': 'triangle', 'arrow-scale': ARROW_SCALE }),
    rule('edge.muted', colour(palette.line)),
    rule('edge.off-path', colour(palette.line)),
    rule('edge.on-path', { ...colour(palette.accent), width: 2.5, 'z-index': 1 }),
  ];
}
