import { type ReactElement, type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { useWriting } from '../state/use-writing.ts';
import { Button } from './button.tsx';
import styles from './dialog.module.css';

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Buttons at the foot. */
  readonly actions: ReactNode;
  readonly isWide?: boolean;
}

/** The browser's own modal dialog: it keeps the focus inside, closes with Escape and gives the focus back. */
export function Dialog({ title, onClose, children, actions, isWide = false }: DialogProps): ReactElement {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    // While it is still in the page: a dialog that was taken out does not give the focus back.
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      className={`${styles.dialog} ${isWide ? styles.wide : ''}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={id} className={styles.title}>
        {title}
      </h2>
      <div className={styles.body}>{children}</div>
      <footer className={styles.actions}>{actions}</footer>
    </dialog>
  );
}

export interface ConfirmProps {
  readonly title: string;
  /** What will be lost, and what follows. */
  readonly sentence: string;
  /** The verb on the button. */
  readonly action: string;
  readonly isBusy: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  /** Why it was refused. */
  readonly problem?: string | undefined;
}

/** Asks before something is lost. */
export function Confirm(props: ConfirmProps): ReactElement {
  const { title, sentence, action, isBusy, onConfirm, onClose, problem } = props;
  const writing = useWriting();
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button {...writing} kind="danger" isBusy={isBusy} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      <p>{sentence}</p>
      {problem === undefined ? null : (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
    </Dialog>
  );
}
