import { type ReactElement, useEffect } from 'react';
import styles from './app.module.css';

export function NotAuthorised(): ReactElement {
  useEffect(() => {
    // A link pasted into this tab changes no more than the hash: by itself a browser loads nothing.
    const reload = (): void => location.reload();
    window.addEventListener('hashchange', reload);
    return () => window.removeEventListener('hashchange', reload);
  }, []);
  return (
    <main className={styles.page}>
      <h1>This browser needs a new link</h1>
      <p>
        The workbench runs, but it doesn't know this browser. A link works once and for a minute. Print a fresh one in a
        terminal on the machine where Cellwright runs, and open it here:
      </p>
      <pre>npm run cellwright -- link</pre>
    </main>
  );
}
