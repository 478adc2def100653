/** Index of the value that is nearest, of ascending ones; −1 of none. */
export function nearestIndex(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  const before = ascending[low - 1];
  const here = ascending[low];
  if (here === undefined) return -1;
  return before !== undefined && value - before <= here - value ? low - 1 : low;
}
