import type { Hop, LayeredCell, LayerNode } from './cell-layers.ts';

/** Rounds of moving every layer towards its neighbours; more change no drawing by a visible amount (ours). */
const ROUNDS = 12;
/** Pull of a hop on its ends (ours): a trunk should be level before anything else is. */
const PULL = { betweenLanes: 8, fromOrToLane: 3, direct: 1 } as const;

export interface Spacing {
  /** Height of a node, without gaps; a lane has none. */
  height(node: LayerNode): number;
  /** Distance kept between two neighbours of a layer. */
  gap(upper: LayerNode, lower: LayerNode): number;
  /** How far from the middle of a block its upper and lower pill are entered. */
  readonly portOffset: number;
}

/**
 * Heights of the middles of all nodes, whole numbers, that keep each layer's order and gaps and make edges as level as
 * they can be: in turn each layer takes the places nearest to what its hops ask for (weighted least squares).
 */
export function placeNodes({ nodes, hops, layers }: LayeredCell, spacing: Spacing): number[] {
  const y = Array<number>(nodes.length).fill(0);
  const touching = hopsByNode(nodes, hops);
  const offsets = layers.map((layer) => stackOffsets(layer, nodes, spacing));
  for (const [index, layer] of layers.entries()) {
    const middle = offsets[index]!.at(-1)! / 2;
    for (const [place, node] of layer.entries()) y[node] = offsets[index]![place]! - middle;
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (let step = 0; step < layers.length; step++) {
      const index = round % 2 === 0 ? step : layers.length - 1 - step;
      settle(layers[index]!, offsets[index]!, nodes, touching, y, spacing.portOffset);
    }
  }
  // Rounding keeps every gap, as the distances in a layer are whole numbers.
  const rounded = y.map((value) => Math.round(value));
  for (const [index, layer] of layers.entries())
    straighten(layer, offsets[index]!, touching, rounded, spacing.portOffset);
  return rounded;
}

/** Steps no larger than this, in pixels, look like a mistake and are taken out where there is room (ours). */
const SMALLEST_STEP = 7;

/** Moves nodes that have no level hop by the few pixels that make one level. */
function straighten(
  layer: readonly number[],
  offsets: readonly number[],
  touching: readonly (readonly Hop[])[],
  y: number[],
  portOffset: number,
): void {
  for (const [place, node] of layer.entries()) {
    const steps = touching[node]!.map((hop) => {
      const rise = y[hop.to]! + hop.port * portOffset - y[hop.from]!;
      return hop.to === node ? -rise : rise;
    });
    const step = steps.reduce((least, other) => (Math.abs(other) < Math.abs(least) ? other : least), Infinity);
    if (step === 0 || Math.abs(step) > SMALLEST_STEP) continue;
    const room = (neighbour: number) =>
      Math.abs(y[layer[neighbour]!]! - y[node]!) - Math.abs(offsets[neighbour]! - offsets[place]!);
    const beside = step < 0 ? place - 1 : place + 1;
    if (layer[beside] === undefined || room(beside) >= Math.abs(step)) y[node] = y[node]! + step;
  }
}

function hopsByNode(nodes: readonly LayerNode[], hops: readonly Hop[]): Hop[][] {
  const touching = nodes.map((): Hop[] => []);
  for (const hop of hops) {
    touching[hop.from]!.push(hop);
    touching[hop.to]!.push(hop);
  }
  return touching;
}

/** Middles of a layer's nodes stacked as tightly as the gaps allow, the first at 0. */
function stackOffsets(layer: readonly number[], nodes: readonly LayerNode[], spacing: Spacing): number[] {
  let offset = 0;
  return layer.map((node, place) => {
    if (place > 0) {
      const [upper, lower] = [nodes[layer[place - 1]!]!, nodes[node]!];
      offset += Math.ceil((spacing.height(upper) + spacing.height(lower)) / 2 + spacing.gap(upper, lower));
    }
    return offset;
  });
}

/** Moves one layer to the best places that its order and gaps allow, all other layers standing still. */
function settle(
  layer: readonly number[],
  offsets: readonly number[],
  nodes: readonly LayerNode[],
  touching: readonly (readonly Hop[])[],
  y: number[],
  portOffset: number,
): void {
  const wishes = layer.map((node, place) => {
    let weight = 0;
    let sum = 0;
    for (const hop of touching[node]!) {
      const pull = pullOf(nodes[hop.from]!, nodes[hop.to]!);
      const entry = hop.port * portOffset;
      weight += pull;
      sum += pull * (hop.to === node ? y[hop.from]! - entry : y[hop.to]! + entry);
    }
    // An unread input has no wish: a trace of weight lets it stay where it is.
    if (weight === 0) return { value: y[node]! - offsets[place]!, weight: 0.01 };
    return { value: sum / weight - offsets[place]!, weight };
  });
  for (const [place, value] of increasing(wishes).entries()) y[layer[place]!] = value + offsets[place]!;
}

function pullOf(from: LayerNode, to: LayerNode): number {
  const lanes = Number(from.kind === 'lane') + Number(to.kind === 'lane');
  return lanes === 2 ? PULL.betweenLanes : lanes === 1 ? PULL.fromOrToLane : PULL.direct;
}

/** The never-decreasing sequence nearest to the wishes (pool adjacent violators). */
function increasing(wishes: readonly { value: number; weight: number }[]): number[] {
  const pools: { value: number; weight: number; size: number }[] = [];
  for (const { value, weight } of wishes) {
    let pool = { value, weight, size: 1 };
    for (let last = pools.at(-1); last !== undefined && last.value > pool.value; last = pools.at(-1)) {
      pools.pop();
      const joint = last.weight + pool.weight;
      const mean = (last.value * last.weight + pool.value * pool.weight) / joint;
      pool = { value: mean, weight: joint, size: last.size + pool.size };
    }
    pools.push(pool);
  }
  return pools.flatMap(({ value, size }) => Array<number>(size).fill(value));
}
