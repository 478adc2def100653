import type { ReactElement } from 'react';
import { Button } from '../../components/button.tsx';
import styles from './app.module.css';

/** In place of everything: what is asked of a workbench of another version may mean something else there. */
export function OtherVersion({ sentence }: { sentence: string }): ReactElement {
  return (
    <main className={styles.page}>
      <h1>Two versions of Cellwright</h1>
      <p role="alert">{sentence}</p>
      <p>
        <Button onClick={() => location.reload()}>Reload</Button>
      </p>
    </main>
  );
}
