import { useCallback, useEffect, useMemo, useState } from 'react';
import { type CurveOptions, EPOCH_MEASURES, type EpochMeasure } from './epoch-charts.ts';
import { MOST_SMOOTHING } from './smoothing.ts';
import { useChartChoice, useChartParameter } from './use-chart-options.ts';

/** Charts that are shown as the screen opens (ours: two fit side by side). */
const FIRST_MEASURES: readonly EpochMeasure[] = ['accuracy', 'loss'];
/** A slider moves faster than an address may be written. Milliseconds (ours). */
const WRITE_AFTER_MS = 300;

export interface CurveChoices {
  /** In their order; never none. */
  readonly measures: readonly EpochMeasure[];
  readonly options: CurveOptions;
  readonly toggleMeasure: (measure: EpochMeasure) => void;
  readonly setX: (x: CurveOptions['x']) => void;
  readonly setSmoothing: (smoothing: number) => void;
  readonly setLossLog: (isLog: boolean) => void;
}

/** What the curves show, out of the address. */
export function useCurveChoices(): CurveChoices {
  const [text, writeMeasures] = useChartParameter('curves');
  const [x, setX] = useChartChoice('along', ['epoch', 'time']);
  const [lossScale, setLossScale] = useChartChoice('loss', ['linear', 'log']);
  const [smoothing, setSmoothing] = useSmoothing();
  const measures = useMemo(() => readMeasures(text), [text]);
  const toggleMeasure = (measure: EpochMeasure): void => {
    const next = EPOCH_MEASURES.filter((one) => measures.includes(one) !== (one === measure));
    if (next.length === 0) return;
    writeMeasures(next.join() === FIRST_MEASURES.join() ? null : next.join(','));
  };
  const isLossLog = lossScale === 'log';
  const options = useMemo(() => ({ x, smoothing, isLossLog }), [x, smoothing, isLossLog]);
  const setLossLog = (isLog: boolean): void => setLossScale(isLog ? 'log' : 'linear');
  return { measures, options, toggleMeasure, setX, setSmoothing, setLossLog };
}

function readMeasures(text: string | null): readonly EpochMeasure[] {
  const named = (text ?? '').split(',');
  const found = EPOCH_MEASURES.filter((measure) => named.includes(measure));
  return found.length === 0 ? FIRST_MEASURES : found;
}

/** Shown at once, written to the address when the slider rests. */
function useSmoothing(): readonly [number, (value: number) => void] {
  const [text, write] = useChartParameter('smoothing');
  const [moved, setMoved] = useState<number | null>(null);
  useEffect(() => {
    if (moved === null) return;
    const timer = setTimeout(() => {
      write(moved === 0 ? null : String(moved));
      setMoved(null);
    }, WRITE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [moved, write]);
  const kept = Math.min(MOST_SMOOTHING, Math.max(0, Number(text) || 0));
  return [moved ?? kept, useCallback((value: number) => setMoved(value), [])];
}
