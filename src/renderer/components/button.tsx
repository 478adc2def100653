import type { ButtonHTMLAttributes, MouseEvent, ReactElement, ReactNode, Ref } from 'react';
import styles from './button.module.css';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly kind?: 'plain' | 'primary' | 'danger' | 'quiet';
  readonly icon?: ReactNode;
  /** The work of the button is under way. */
  readonly isBusy?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** A busy button takes no press, a form's neither, but keeps the focus, which `disabled` would take from it. */
const HELD = {
  disabled: false,
  'aria-disabled': true,
  onClick: (event: MouseEvent): void => event.preventDefault(),
} as const;

export function Button({ kind = 'plain', icon, isBusy = false, children, ...rest }: ButtonProps): ReactElement {
  return (
    <button
      type="button"
      {...rest}
      {...(isBusy ? HELD : {})}
      className={`${styles.button} ${styles[kind] ?? ''}`}
      aria-busy={isBusy}
    >
      {isBusy ? <span className={styles.spinner} aria-hidden="true" /> : icon}
      {children}
    </button>
  );
}

/** A square button without a word; `label` is its accessible name and its tooltip. */
export function IconButton(
  props: Omit<ButtonProps, 'icon' | 'kind'> & { readonly label: string; readonly icon: ReactNode },
) {
  const { label, icon, isBusy = false, ...rest } = props;
  return (
    <button type="button" title={label} aria-label={label} {...rest} {...(isBusy ? HELD : {})} className={styles.icon}>
      {icon}
    </button>
  );
}
