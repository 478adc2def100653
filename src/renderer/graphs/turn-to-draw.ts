/** Frames that one graph has to itself: it is built in the first, and Cytoscape draws it in the second. */
const FRAMES = 2;

let lastTurn: Promise<void> = Promise.resolve();

/**
 * Resolves in a frame in which no other graph is drawn for the first time. A first drawing takes most of a frame's time;
 * the two of a cell in one frame would stop a list that is being scrolled beside them.
 */
export function turnToDraw(): Promise<void> {
  const turn = lastTurn.then(nextFrame);
  lastTurn = turn;
  for (let frame = 1; frame < FRAMES; frame++) lastTurn = lastTurn.then(nextFrame);
  return turn;
}

const nextFrame = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => resolve()));
