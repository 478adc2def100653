import { Copy, RotateCw, ScrollText } from 'lucide-react';
import { Component, type ReactElement, type ReactNode, useEffect, useState } from 'react';
import { showDialog } from '../state/open-dialogs.ts';
import { Button } from './button.tsx';
import { copyText } from './clipboard.ts';
import styles from './notices.module.css';

/** Where something failed: the sentence, a remedy, and a copy for a report. */
export function ErrorPanel(props: { message: string; onRetry?: (() => void) | undefined }): ReactElement {
  const { message, onRetry } = props;
  return (
    <div className={styles.error} role="alert">
      <p>{message}</p>
      <div className={styles.actions}>
        {onRetry === undefined ? null : (
          <Button icon={<RotateCw size={14} aria-hidden="true" />} onClick={onRetry}>
            Try again
          </Button>
        )}
        <Button icon={<ScrollText size={14} aria-hidden="true" />} onClick={() => showDialog('log')}>
          Show log
        </Button>
        <CopyButton text={message} />
      </div>
    </div>
  );
}

export function CopyButton({ text, label = 'Copy' }: { text: string | (() => string); label?: string }): ReactElement {
  const [told, setTold] = useState<string | null>(null);
  useEffect(() => {
    if (told === null) return;
    const timer = setTimeout(() => setTold(null), 2000);
    return () => clearTimeout(timer);
  }, [told]);
  const copy = async (): Promise<void> => {
    const isCopied = await copyText(typeof text === 'string' ? text : text());
    // Over plain HTTP from another machine a browser does not let a page copy.
    setTold(isCopied ? 'Copied' : 'Not allowed here');
  };
  return (
    <Button icon={<Copy size={14} aria-hidden="true" />} onClick={() => void copy()}>
      {told ?? label}
    </Button>
  );
}

/** A sentence where there is nothing yet, and what to do about it. */
export function Empty({ children, actions }: { children: ReactNode; actions?: ReactNode }): ReactElement {
  return (
    <div className={styles.empty}>
      <p>{children}</p>
      {actions === undefined ? null : <div className={styles.actions}>{actions}</div>}
    </div>
  );
}

/** A bug in one pane leaves the others working. */
export class Guard extends Component<{ readonly children: ReactNode }, { readonly message: string | null }> {
  override state: { readonly message: string | null } = { message: null };

  static getDerivedStateFromError(error: unknown): { message: string } {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    const { message } = this.state;
    if (message === null) return this.props.children;
    return (
      <ErrorPanel
        message={`This part of the page broke: ${message}`}
        onRetry={() => this.setState({ message: null })}
      />
    );
  }
}
