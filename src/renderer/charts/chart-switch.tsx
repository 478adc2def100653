import type { ReactElement } from 'react';
import styles from './chart-tools.module.css';

interface ChartSwitchProps<T extends string> {
  readonly label: string;
  readonly options: readonly { readonly value: T; readonly title: string }[];
  /** One, or several where more than one can be on. */
  readonly chosen: readonly T[];
  readonly onChoose: (value: T) => void;
}

/** Buttons in a row that show which one, or which ones, are on. */
export function ChartSwitch<T extends string>(props: ChartSwitchProps<T>): ReactElement {
  const { label, options, chosen, onChoose } = props;
  return (
    <fieldset className={styles.switch}>
      <legend className="visually-hidden">{label}</legend>
      {options.map(({ value, title }) => (
        <button key={value} type="button" aria-pressed={chosen.includes(value)} onClick={() => onChoose(value)}>
          {title}
        </button>
      ))}
    </fieldset>
  );
}
