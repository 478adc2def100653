import type { FilterKind } from './filter-fields.ts';

/** Numbers between two bounds; null is no bound. */
export interface NumberRange {
  readonly low: number | null;
  readonly isLowIn: boolean;
  readonly high: number | null;
  readonly isHighIn: boolean;
}

/** Moments as they are stored, ISO texts of UTC with milliseconds: `low <= moment < high`; null is no bound. */
export interface DateRange {
  readonly low: string | null;
  readonly high: string | null;
}

export const SIGNS = [':', '=', '<=', '>=', '<', '>'] as const;
export type Sign = (typeof SIGNS)[number];

/** A value, or in a sentence why it is none. */
export type Read<T> = { readonly value: T } | { readonly sentence: string };

type Scalar = Extract<FilterKind, 'fraction' | 'count' | 'number' | 'duration'>;

const COUNTS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, b: 1e9, g: 1e9, t: 1e12 };
/** In milliseconds. */
const TIMES: Readonly<Record<string, number>> = { ms: 1, s: 1e3, min: 60e3, m: 60e3, h: 3600e3, d: 86_400e3 };

const EXAMPLES: Readonly<Record<Scalar, string>> = {
  fraction: '0.6 or 60%',
  count: '3M',
  number: '12',
  duration: '90s',
};

/** A number, and what one in its last written digit is worth: 10,000 for `3.35M`. */
interface Written {
  readonly number: number;
  readonly digit: number;
}

/** One number with the units of its kind. Fractions as such, times in milliseconds. */
export function readNumber(kind: Scalar, text: string): Read<number> {
  const read = readWritten(kind, text);
  return 'value' in read ? { value: read.value.number } : read;
}

function readWritten(kind: Scalar, text: string): Read<Written> {
  const refused = { sentence: `\`${text}\` is no number here: write ${EXAMPLES[kind]}.` };
  if (kind === 'duration') return readDuration(text);
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?|\.\d+)([a-z%]*)$/i.exec(text) ?? [];
  if (digits === undefined) return refused;
  // 0.29 is not 29 * 0.01: dividing rounds once and hits the number that 0.29 is.
  const divisor = kind === 'fraction' && unit === '%' ? 100 : 1;
  const factor = kind === 'count' ? COUNTS[unit.toLowerCase()] : unit === '' || divisor === 100 ? 1 : undefined;
  if (factor === undefined) return refused;
  const number = (Number(digits) * factor) / divisor;
  // Fractions are meant to the per cent at least: 0.5 is not all from 0.45 to 0.55.
  const digit = Math.min((lastDigit(digits) * factor) / divisor, kind === 'fraction' ? 0.01 : Number.POSITIVE_INFINITY);
  if (kind !== 'fraction' || number <= 1) return { value: { number, digit } };
  return {
    sentence: `\`${text}\` is more than the whole: write ${text.replace('%', '')}% or ${Number(digits) / 100}.`,
  };
}

/** `90s`, `1h30min`, or `1:34` and `2:05:00` as the table shows times. */
function readDuration(text: string): Read<Written> {
  const clock = /^(?:(\d+):)?(\d+):(\d\d)$/.exec(text);
  if (clock) {
    const [, hours = '0', minutes = '0', seconds = '0'] = clock;
    return { value: { number: ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1e3, digit: 1e3 } };
  }
  if (/^0+$/.test(text)) return { value: { number: 0, digit: 1 } };
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([a-z]+)/gi)];
  const units = parts.map(([, , unit = '']) => TIMES[unit.toLowerCase()]);
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text || units.includes(undefined)) {
    return { sentence: `\`${text}\` is no time: write ${EXAMPLES.duration}, 5min or 2h.` };
  }
  const number = parts.reduce((sum, [, digits], index) => sum + Number(digits) * (units[index] ?? 0), 0);
  return { value: { number, digit: lastDigit(parts.at(-1)?.[1] ?? '') * (units.at(-1) ?? 1) } };
}

/** 0.01 for `3.35`. */
const lastDigit = (digits: string): number => 10 ** -(digits.split('.')[1]?.length ?? 0);

/**
 * `12..20`, `12..`, `..20` (both ends belong to it), or one number. What is measured is equal to a number where it
 * rounds to it with the digits that are written: `params:3.35M` finds what the table shows as 3.35 M.
 */
export function readNumberRange(kind: Scalar, sign: Sign, text: string): Read<NumberRange> {
  if (sign !== ':' && sign !== '=') {
    const number = readNumber(kind, text);
    if (!('value' in number)) return number;
    const isIn = sign === '<=' || sign === '>=';
    return sign.startsWith('<')
      ? { value: { low: null, isLowIn: false, high: number.value, isHighIn: isIn } }
      : { value: { low: number.value, isLowIn: isIn, high: null, isHighIn: false } };
  }
  if (kind !== 'number' && !text.includes('..')) {
    const written = readWritten(kind, text);
    return 'value' in written ? { value: roundingTo(written.value) } : written;
  }
  const ends = readEnds(text, (end) => readNumber(kind, end));
  if (!('value' in ends)) return ends;
  const [low, high] = ends.value;
  return { value: { low, isLowIn: true, high, isHighIn: true } };
}

function roundingTo({ number, digit }: Written): NumberRange {
  return { low: number - digit / 2, isLowIn: true, high: number + digit / 2, isHighIn: false };
}

/** What a date stands for: from its first moment until the first one after it. */
interface Span {
  readonly from: string;
  readonly until: string;
}

/** Dates are those of the machine where this runs: of the workbench's, since it is the one that looks for rows. */
export function readDateRange(sign: Sign, text: string): Read<DateRange> {
  if (sign === ':' || sign === '=') {
    const ends = readEnds(text, readDate);
    if (!('value' in ends)) return ends;
    const [first, last] = ends.value;
    return { value: { low: first?.from ?? null, high: last?.until ?? null } };
  }
  const date = readDate(text);
  if (!('value' in date)) return date;
  const { from, until } = date.value;
  if (sign.startsWith('<')) return { value: { low: null, high: sign === '<' ? from : until } };
  return { value: { low: sign === '>' ? until : from, high: null } };
}

/** A year, or as much of a moment as is written; with a space before the time, which wants quotes, as the table shows it. */
const DATE = /^([12]\d{3})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d))?)?)?)?)?$/;

function readDate(text: string): Read<Span> {
  const upper = text.toUpperCase().replace(' ', 'T');
  const written = (DATE.exec(upper)?.slice(1) ?? []).filter((part) => part !== undefined).map(Number);
  // A day that the month lacks comes back as one of the next.
  const isDate = written.length > 0 && new Date(Date.UTC(...inFull(written))).toISOString().startsWith(upper);
  if (!isDate) return { sentence: `\`${text}\` is no date: write 2026-01-31 or 2026-01-31T14:25.` };
  const next = written.map((part, place) => (place === written.length - 1 ? part + 1 : part));
  return { value: { from: localMoment(written), until: localMoment(next) } };
}

const localMoment = (written: readonly number[]): string => new Date(...inFull(written)).toISOString();

type Moment = [year: number, month: number, day: number, hour: number, minute: number, second: number];

/** With the beginning of what is not written, and months from 0. */
function inFull([year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0]: readonly number[]): Moment {
  return [year, month - 1, day, hour, minute, second];
}

/** Both ends of `a..b`, where one may be missing; a single value is both. */
function readEnds<T>(text: string, read: (end: string) => Read<T>): Read<readonly [T | null, T | null]> {
  const dots = text.indexOf('..');
  if (dots < 0) {
    const both = read(text);
    return 'value' in both ? { value: [both.value, both.value] } : both;
  }
  const [before, after] = [text.slice(0, dots), text.slice(dots + 2)];
  if (before === '' && after === '') return { sentence: '`..` needs a number before it, after it, or both: 12..20.' };
  const low = before === '' ? { value: null } : read(before);
  const high = after === '' ? { value: null } : read(after);
  if (!('value' in low)) return low;
  if (!('value' in high)) return high;
  return { value: [low.value, high.value] };
}
