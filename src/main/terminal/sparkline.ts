const LEVELS = [...'▁▂▃▄▅▆▇█'];

/**
 * A curve in one line of text, one character a value, between the smallest and the largest finite value; missing
 * values are gaps. Longer series than `width` are averaged in groups.
 */
export function sparkline(values: readonly (number | null)[], width: number): string {
  const points = values.length > width ? averageGroups(values, width) : values;
  const known = points.filter((value): value is number => value !== null && Number.isFinite(value));
  const low = Math.min(...known);
  const high = Math.max(...known);
  return points
    .map((value) => {
      if (value === null || !Number.isFinite(value)) return ' ';
      const level = high === low ? 0.5 : (value - low) / (high - low);
      return LEVELS[Math.min(LEVELS.length - 1, Math.floor(level * LEVELS.length))]!;
    })
    .join('');
}

function averageGroups(values: readonly (number | null)[], groups: number): (number | null)[] {
  return Array.from({ length: groups }, (_, group) => {
    const from = Math.floor((group * values.length) / groups);
    const to = Math.floor(((group + 1) * values.length) / groups);
    const known = values.slice(from, to).filter((value): value is number => value !== null && Number.isFinite(value));
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  });
}

/** A bar of `width` characters, filled up to a fraction. */
export function bar(fraction: number, width: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * width);
  return '▓'.repeat(filled) + '░'.repeat(width - filled);
}
