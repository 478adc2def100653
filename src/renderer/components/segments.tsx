import type { ReactElement } from 'react';
import styles from './segments.module.css';

interface SegmentsProps<T extends string> {
  readonly label: string;
  readonly options: readonly { readonly value: T; readonly title: string }[];
  /** One, or several where more than one can be on. */
  readonly chosen: readonly T[];
  readonly onChoose: (value: T) => void;
  /** As low as a chart's or a graph's head. */
  readonly isSmall?: boolean;
}

/** Buttons in a row that show which one, or which ones, are on. */
export function Segments<T extends string>(props: SegmentsProps<T>): ReactElement {
  const { label, options, chosen, onChoose, isSmall = false } = props;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset brings a border and a legend of its own
    <div className={`${styles.segments} ${isSmall ? styles.small : ''}`} role="group" aria-label={label}>
      {options.map(({ value, title }) => (
        <button key={value} type="button" aria-pressed={chosen.includes(value)} onClick={() => onChoose(value)}>
          {title}
        </button>
      ))}
    </div>
  );
}
