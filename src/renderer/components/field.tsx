import { type ReactElement, type ReactNode, useId } from 'react';
import styles from './form.module.css';

interface FieldIds {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean | undefined;
}

/** A label above its control; `children` gets the ids that tie it to the label, to the hint and to what is wrong with it. */
export function Field(props: {
  label: string;
  hint?: string | undefined;
  /** Why the value can't stand, in a sentence. */
  problem?: string | undefined;
  isWide?: boolean;
  children: (ids: FieldIds) => ReactNode;
}): ReactElement {
  const { label, hint, problem, isWide = false, children } = props;
  const id = useId();
  const described = [
    ...(hint === undefined ? [] : [`${id}-hint`]),
    ...(problem === undefined ? [] : [`${id}-problem`]),
  ].join(' ');
  return (
    <div className={`${styles.field} ${isWide ? styles.wide : ''}`}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {children({
        id,
        'aria-describedby': described === '' ? undefined : described,
        'aria-invalid': problem === undefined ? undefined : true,
      })}
      {problem === undefined ? null : (
        <p id={`${id}-problem`} className={styles.problem}>
          {problem}
        </p>
      )}
      {hint === undefined ? null : (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
    </div>
  );
}
