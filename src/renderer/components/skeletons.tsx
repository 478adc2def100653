import { type ReactElement, type ReactNode, useEffect, useState } from 'react';
import styles from './skeletons.module.css';

/** What takes no longer than this is not worth a change of the picture (design). Milliseconds. */
const SOON_MS = 150;

/** Skeletons that are shown now. */
let shown = 0;

/** Shapes in the place of what is being read; nothing at all at first. They are looked at, not heard. */
function Skeleton({ children }: { children: ReactNode }): ReactElement | null {
  // What follows another one, as a chart's code follows its numbers, does not blink.
  const [isLate, setIsLate] = useState(shown > 0);
  useEffect(() => {
    if (!isLate) {
      const timer = setTimeout(() => setIsLate(true), SOON_MS);
      return () => clearTimeout(timer);
    }
    shown++;
    return () => {
      shown--;
    };
  }, [isLate]);
  if (!isLate) return null;
  return (
    <>
      <span role="status" aria-label="Loading" className="visually-hidden" />
      {children}
    </>
  );
}

const times = (count: number, draw: (index: number) => ReactElement): ReactElement[] =>
  Array.from({ length: count }, (_, index) => draw(index));

/** Bars in the place of rows. Height of one in pixels. */
export function SkeletonRows({ count, height }: { count: number; height: number }): ReactElement {
  return (
    <Skeleton>
      <div aria-hidden="true">
        {times(count, (index) => (
          <div key={index} className={styles.bar} style={{ height }} />
        ))}
      </div>
    </Skeleton>
  );
}

/** Axes in the place of charts, each of which fills its place. */
export function SkeletonAxes({ count = 1 }: { count?: number }): ReactElement {
  return (
    <Skeleton>
      {times(count, (index) => (
        <div key={index} className={styles.axes} aria-hidden="true" />
      ))}
    </Skeleton>
  );
}

/** Left end and top of five blocks, as they often lie in a cell. */
const BLOCKS = [
  [84, 12],
  [84, 76],
  [164, 44],
  [244, 12],
  [244, 76],
] as const;

/** Outlines in the place of graphs of cells, each of which fills its place. `className` is that of one graph. */
export function SkeletonGraphs({ count, className }: { count: number; className: string | undefined }): ReactElement {
  return (
    <Skeleton>
      {times(count, (index) => (
        <div key={index} className={className} aria-hidden="true">
          <svg className={styles.graph} viewBox="0 0 400 120" preserveAspectRatio="xMidYMid meet" aria-hidden="true">
            <rect x={8} y={26} width={48} height={20} rx={10} />
            <rect x={8} y={74} width={48} height={20} rx={10} />
            {BLOCKS.map(([x, y]) => (
              <rect key={`${x} ${y}`} x={x} y={y} width={56} height={32} rx={6} />
            ))}
            <rect x={344} y={50} width={48} height={20} rx={4} />
          </svg>
        </div>
      ))}
    </Skeleton>
  );
}
