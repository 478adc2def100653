import type { ReactElement } from 'react';
import { Button } from '../../components/button.tsx';
import { clockTime } from '../../components/words.ts';
import { useSession } from '../../state/use-workbench.ts';
import styles from './app.module.css';
import { STRIP_AFTER_MS, useLostFor } from './use-lost-for.ts';

export function LostStrip(): ReactElement | null {
  const session = useSession();
  const lost = useLostFor(STRIP_AFTER_MS);
  if (lost === null) return null;
  return (
    <div className={styles.strip}>
      <span>
        The workbench has not answered since {clockTime(lost)}. It is tried again by itself; what you see may be old,
        and nothing can be changed.
      </span>
      <Button onClick={session.retry}>Try now</Button>
    </div>
  );
}
