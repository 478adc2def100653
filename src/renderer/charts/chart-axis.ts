import { niceStep } from './chart-data.ts';

/** One direction of a chart: values from `from` to `to`, above zero on a logarithmic axis. */
export interface Axis {
  readonly from: number;
  readonly to: number;
  readonly isLog: boolean;
}

/** Where a value stands on an axis, from 0 at `from` to 1 at `to`. */
export function axisPart({ from, to, isLog }: Axis, value: number): number {
  if (!isLog) return to === from ? 0.5 : (value - from) / (to - from);
  return to === from ? 0.5 : Math.log(value / from) / Math.log(to / from);
}

/** The value at a part of an axis. */
export function axisValue({ from, to, isLog }: Axis, part: number): number {
  return isLog ? from * (to / from) ** part : from + part * (to - from);
}

/** Round numbers of an axis, ascending, about `most` of them. Counts have no fractions; times (ms) are whole in their unit. */
export function axisTicks(axis: Axis, most: number, unit?: 'count' | 'ms'): number[] {
  if (unit === 'ms') return axis.isLog ? thinned(ROUND_TIMES.filter(isOn(axis)), most) : timeTicks(axis, most);
  return axis.isLog ? logTicks(axis, most) : linearTicks(axis, most, unit === 'count' ? 1 : 0);
}

const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];
const ROUND_TIMES = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 20, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 20, 30].map((count) => count * MINUTE),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].map((count) => count * HOUR),
];

/** A round time that is at least `rough` long. Milliseconds. */
export const roundTime = (rough: number): number =>
  ROUND_TIMES.find((time) => time >= rough * (1 - 1e-9)) ?? niceStep(rough / HOUR) * HOUR;

function timeTicks({ from, to }: Axis, most: number): number[] {
  const step = roundTime((to - from) / Math.max(1, most));
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
}

function thinned(values: readonly number[], most: number): number[] {
  const every = Math.ceil(values.length / Math.max(1, most));
  return values.filter((_, index) => index % every === 0);
}

const isOn =
  ({ from, to }: Axis) =>
  (value: number): boolean =>
    value >= from * (1 - 1e-9) && value <= to * (1 + 1e-9);

function linearTicks({ from, to }: Axis, most: number, least: number): number[] {
  if (!(to > from)) return [from];
  const step = Math.max(least, niceStep((to - from) / Math.max(1, most)));
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => tidy((first + index) * step));
}

/** 1, 2 and 5 of each power of ten, or the powers alone; as on a plain axis where it spans too little for that. */
function logTicks(axis: Axis, most: number): number[] {
  const powers: number[] = [];
  for (let power = Math.floor(Math.log10(axis.from)); power <= Math.ceil(Math.log10(axis.to)); power++) {
    powers.push(power);
  }
  const fine = powers.flatMap((power) => [1, 2, 5].map((factor) => tidy(factor * 10 ** power))).filter(isOn(axis));
  if (fine.length < 3) return linearTicks(axis, Math.min(most, 4), 0).filter((value) => value > 0);
  if (fine.length <= most) return fine;
  return thinned(powers.map((power) => tidy(10 ** power)).filter(isOn(axis)), most);
}

/** Without the crumbs of binary fractions: 0.3 and not 0.30000000000000004. */
const tidy = (value: number): number => Number(value.toPrecision(12));
