/** A way through a graph that comes back to where it began, its first member named again at the end; null without one. */
export function findCircle(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] | null {
  const done = new Set<string>();
  const way: string[] = [];
  const follow = (at: string): string[] | null => {
    if (way.includes(at)) return [...way.slice(way.indexOf(at)), at];
    if (done.has(at)) return null;
    way.push(at);
    for (const next of graph.get(at) ?? []) {
      const circle = follow(next);
      if (circle !== null) return circle;
    }
    way.pop();
    done.add(at);
    return null;
  };
  for (const start of graph.keys()) {
    const circle = follow(start);
    if (circle !== null) return circle;
  }
  return null;
}
