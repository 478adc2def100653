import { type CellDrawing, type Part, type PartId, statePart } from './cell-drawing.ts';

/** The lines of a drawing, edges and joins, that lie on a way from the inputs to the output through a part. */
export function linesThrough({ edges, joins }: CellDrawing, part: PartId): ReadonlySet<string> {
  const lines = [...edges, ...joins];
  const found = new Set<string>();
  const follow = (from: PartId, near: 'source' | 'target', far: 'source' | 'target'): void => {
    for (const line of lines) {
      if (line[near] !== from || found.has(line.id)) continue;
      found.add(line.id);
      follow(line[far], near, far);
    }
  };
  follow(part, 'target', 'source');
  follow(part, 'source', 'target');
  return found;
}

/** The pills and the output that read a hidden state, in reading order. */
export function readersOf({ edges, parts }: CellDrawing, state: number): Part[] {
  const targets = new Set(edges.filter((edge) => edge.source === statePart(state)).map((edge) => edge.target));
  return parts.filter(({ id }) => targets.has(id));
}

export type Arrow = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

/**
 * Where an arrow key leads: left and right along the lines, to the nearest of several ends; up and down within the
 * layer, pills among pills. Undefined where there is nothing.
 */
export function neighbour(drawing: CellDrawing, part: Part, arrow: Arrow): Part | undefined {
  if (arrow === 'ArrowUp' || arrow === 'ArrowDown') {
    const column = drawing.parts
      .filter(({ kind, layer }) => kind === part.kind && layer === part.layer)
      .sort((one, other) => one.box.y - other.box.y);
    return column[column.indexOf(part) + (arrow === 'ArrowUp' ? -1 : 1)];
  }
  const [near, far] = arrow === 'ArrowRight' ? (['source', 'target'] as const) : (['target', 'source'] as const);
  const ends = new Set(
    [...drawing.edges, ...drawing.joins].filter((line) => line[near] === part.id).map((line) => line[far]),
  );
  return nearest(
    drawing.parts.filter(({ id }) => ends.has(id)),
    part,
  );
}

function nearest(candidates: readonly Part[], part: Part): Part | undefined {
  const middle = ({ box }: Part) => box.y + box.height / 2;
  const distance = (other: Part) => Math.hypot(other.box.x - part.box.x, middle(other) - middle(part));
  return [...candidates].sort((one, other) => distance(one) - distance(other))[0];
}
