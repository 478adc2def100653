import type { FAILURES } from '../../shared/records/run.ts';

/** A fraction in percent with two decimals and without its sign, for columns: `61.20`. */
export const percentDigits = (fraction: number): string => (fraction * 100).toFixed(2);

/** A fraction in percent: `61.20 %`. */
export const percent = (fraction: number): string => `${percentDigits(fraction)} %`;

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** A measured time: `0:08`, `1:34`, from an hour on `2 h 05`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${twoDigits(seconds % 60)}`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)}`;
}

/** A time left, as coarse as it is known: `about 20 s`, `about 12 min`, `about 5 h`, `about 3 days`. */
export function aboutSpan(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 57.5) return `about ${Math.max(5, Math.round(seconds / 5) * 5)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `about ${minutes} min`;
  const hours = minutes / 60;
  if (hours < 47.5) return `about ${hours < 10 ? hours.toFixed(1).replace(/\.0$/, '') : Math.round(hours)} h`;
  return `about ${Math.round(hours / 24)} days`;
}

/** Bytes in powers of 1000, three digits: `812 bytes`, `3.35 MB`. */
export function bytes(count: number): string {
  if (count < 1000) return `${count} bytes`;
  // Rounded first: what rounds to 1000 of a unit is one of the next.
  const rounded = Number(count.toPrecision(3));
  const power = Math.min(4, Math.floor(Math.log10(rounded) / 3));
  const inUnits = rounded / 1000 ** power;
  return `${inUnits < 1000 ? inUnits.toPrecision(3) : inUnits} ${['', 'kB', 'MB', 'GB', 'TB'][power]}`;
}

/** 3 digits and a unit: `3.35 M`, `23.8 B`, below a thousand the number itself. */
export function roundedCount(count: number): string {
  for (const [size, unit] of [
    [1e12, 'T'],
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (count >= size * 0.9995) return `${Number((count / size).toPrecision(3)).toPrecision(3)} ${unit}`;
  }
  return String(count);
}

/** A stored time in a zone, or else in the person's own: `2026-01-31 14:25`. */
export function moment(iso: string, timeZone?: string): string {
  return momentWords(iso, timeZone).slice(0, 16);
}

/** The same to the second: `2026-01-31 14:25:07`. */
export function momentWords(iso: string, timeZone?: string): string {
  const known = clocks.get(timeZone);
  const clock = known ?? clockOf(timeZone);
  if (known === undefined) clocks.set(timeZone, clock);
  return clock.format(new Date(iso));
}

/** By zone: one takes longer to make than hundreds of times to write. */
const clocks = new Map<string | undefined, Intl.DateTimeFormat>();

function clockOf(timeZone: string | undefined): Intl.DateTimeFormat {
  try {
    // Swedish is written in the order of ISO 8601.
    return new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeStyle: 'medium', timeZone });
  } catch (error) {
    console.info(`This browser does not know the time zone ${timeZone}; times are written in its own.`, error);
    return clockOf(undefined);
  }
}

/** `14:02:31`, by the person's own clock. */
export function clockTime(at: Date): string {
  return `${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}:${twoDigits(at.getSeconds())}`;
}

/** `1 trial`, `6 trials`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : nouns}`;
}

export const FAILURE_WORDS: Readonly<Record<(typeof FAILURES)[number], string>> = {
  nan_loss: 'loss not a number',
  out_of_memory: 'out of memory',
  timed_out: 'timed out',
  crashed: 'crashed',
  too_large: 'too large',
  error: 'error',
};

/** `ppo`, `random` and `evolution` in words. */
export const STRATEGY_WORDS = {
  ppo: 'Controller (PPO)',
  random: 'Random search',
  evolution: 'Regularised evolution',
} as const;
