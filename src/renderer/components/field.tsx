import { type ReactElement, type ReactNode, useId } from 'react';
import styles from './form.module.css';

/** A label above its control; `children` gets the id that ties them, and the one of the hint. */
export function Field(props: {
  label: string;
  hint?: string | undefined;
  isWide?: boolean;
  children: (ids: { id: string; 'aria-describedby': string | undefined }) => ReactNode;
}): ReactElement {
  const { label, hint, isWide = false, children } = props;
  const id = useId();
  const hintId = hint === undefined ? undefined : `${id}-hint`;
  return (
    <div className={`${styles.field} ${isWide ? styles.wide : ''}`}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {children({ id, 'aria-describedby': hintId })}
      {hint === undefined ? null : (
        <p id={hintId} className={styles.hint}>
          {hint}
        </p>
      )}
    </div>
  );
}
