import type { ReactElement } from 'react';
import styles from './progress-bar.module.css';

/** `part` of 1. The words for screen readers change with each twentieth only. */
export function ProgressBar({ part, label }: { part: number; label: string }): ReactElement {
  const shown = Math.min(1, Math.max(0, part));
  const coarse = Math.floor(shown * 20) * 5;
  return (
    <div
      className={styles.bar}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={coarse}
      aria-valuetext={`${coarse} percent`}
    >
      <div className={styles.part} style={{ width: `${shown * 100}%` }} />
    </div>
  );
}
