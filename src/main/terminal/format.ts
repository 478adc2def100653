/** How numbers are written for people, everywhere in the terminal (the window follows the same rules). */

const SCALES = [
  { unit: '', size: 1 },
  { unit: ' k', size: 1e3 },
  { unit: ' M', size: 1e6 },
  { unit: ' B', size: 1e9 },
  { unit: ' T', size: 1e12 },
] as const;

/** A fraction as a percentage with two decimals and no sign: `61.20`; a dash when there is none. */
export function formatPercent(fraction: number | null): string {
  return fraction === null ? '–' : (fraction * 100).toFixed(2);
}

/** A count in three digits: `812`, `3.35 M`, `23.8 B`. */
export function formatCount(count: number): string {
  for (const [index, scale] of SCALES.entries()) {
    const next = SCALES[index + 1];
    const text = scale.size === 1 ? String(Math.round(count)) : threeDigits(count / scale.size);
    if (next === undefined || Number(text) < 1000) return text + scale.unit;
  }
  return String(count);
}

function threeDigits(value: number): string {
  if (value >= 1000) return String(Math.round(value));
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

/** All digits with separators: `3,346,538`. */
export function formatExact(count: number): string {
  return count.toLocaleString('en-US');
}

/** A measured duration: `0:27`, `1:34`, `2 h 05`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${twoDigits(seconds % 60)}`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)}`;
}

/** A duration in a sentence: `40 s`, `4 min`, `3 h 12 min`. */
export function formatSpan(ms: number): string {
  if (ms < 59_500) return `${Math.max(1, Math.round(ms / 1000))} s`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}

/** A time left, as coarse as it is known: `about 20 s`, `about 12 min`, `about 5 h`, `about 3 days`. */
export function formatAbout(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 57.5) return `about ${Math.max(5, Math.round(seconds / 5) * 5)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `about ${minutes} min`;
  const hours = minutes / 60;
  if (hours < 10) return `about ${hours.toFixed(1).replace(/\.0$/, '')} h`;
  if (hours < 47.5) return `about ${Math.round(hours)} h`;
  return `about ${Math.round(hours / 24)} days`;
}

/** Bytes in powers of 1000: `812 bytes`, `3.35 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const [value, unit] = formatCount(bytes).split(' ');
  return `${value} ${unit === 'B' ? 'G' : unit}B`;
}

/** A number as short as it stays exact enough to read: `1.834`, `0.00035`. */
export function formatNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

/** A stored time in the person's own zone: `2026-01-31 14:25`. */
export function formatMoment(iso: string): string {
  const at = new Date(iso);
  const date = `${at.getFullYear()}-${twoDigits(at.getMonth() + 1)}-${twoDigits(at.getDate())}`;
  return `${date} ${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}`;
}

/** `1 trial`, `6 trials`. */
export function formatPlural(count: number, noun: string): string {
  return `${formatExact(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
