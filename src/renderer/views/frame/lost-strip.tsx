import type { ReactElement } from 'react';
import { Button } from '../../components/button.tsx';
import { clockTime } from '../../components/words.ts';
import { useSession } from '../../state/use-workbench.ts';
import styles from './app.module.css';
import { useLostFor } from './status-bar.tsx';

/** After this the status bar alone is too quiet. Milliseconds (design). */
const STRIP_AFTER_MS = 5_000;

export function LostStrip(): ReactElement | null {
  const session = useSession();
  const lost = useLostFor(STRIP_AFTER_MS);
  if (lost === null) return null;
  return (
    <div className={styles.strip} role="alert">
      <span>
        The workbench does not answer since {clockTime(lost)}. It is tried again by itself; what you see may be old.
      </span>
      <Button onClick={session.retry}>Try now</Button>
    </div>
  );
}
