/**
 * A step line through the best rewards: x spans what is planned (or more, where more was proposed), y from the first to the
 * last best, so that its climb fills the height. Missing values are left out.
 */
export function sparkPath(
  proposals: readonly number[],
  best: readonly (number | null)[],
  planned: number,
  width: number,
  height: number,
): string {
  const points = proposals.flatMap((x, index) => {
    const y = best[index];
    return y === null || y === undefined ? [] : [{ x, y }];
  });
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return '';
  const span = Math.max(planned, last.x);
  const climb = last.y - first.y;
  const at = (x: number): string => ((x / span) * width).toFixed(1);
  // One pixel of stroke stays inside at both ends; a line that never climbed lies in the middle.
  const up = (y: number): string =>
    (height - 1.5 - (climb > 0 ? (y - first.y) / climb : 0.5) * (height - 3)).toFixed(1);
  return points.map(({ x, y }, index) => (index === 0 ? `M${at(x)} ${up(y)}` : `H${at(x)}V${up(y)}`)).join('');
}
