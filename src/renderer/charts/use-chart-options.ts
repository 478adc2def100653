import { useCallback } from 'react';
import { useSearchParams } from 'wouter';

/**
 * A choice of a chart, kept in the address under `name`. The first of `values` is the one that the address leaves out;
 * what it names and is not among them counts as that one.
 */
export function useChartChoice<T extends string>(name: string, values: readonly T[]): readonly [T, (value: T) => void] {
  const [text, write] = useChartParameter(name);
  const first = values[0] as T;
  const choose = useCallback((value: T) => write(value === first ? null : value), [write, first]);
  return [values.find((value) => value === text) ?? first, choose];
}

/** A parameter of the address that belongs to the charts; null takes it out. */
export function useChartParameter(name: string): readonly [string | null, (value: string | null) => void] {
  const [params, setParams] = useSearchParams();
  const write = useCallback(
    (value: string | null) =>
      setParams(
        (now) => {
          const next = new URLSearchParams(now);
          if (value === null) next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: true },
      ),
    [name, setParams],
  );
  return [params.get(name), write];
}
