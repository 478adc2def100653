import { useEffect, useState } from 'react';
import { useStatus } from '../../state/use-workbench.ts';

/** A connection that comes back within this is not worth a word. Milliseconds (design). */
export const QUIET_MS = 1_000;
/** After this the status bar alone is too quiet. Milliseconds (design). */
export const STRIP_AFTER_MS = 5_000;

/** Since when the connection is lost, once that is so long ago; else null. */
export function useLostFor(ms: number): Date | null {
  const status = useStatus();
  const since = status.kind === 'lost' ? status.since : null;
  const [isLate, setIsLate] = useState(false);
  useEffect(() => {
    setIsLate(false);
    if (since === null) return;
    const timer = setTimeout(() => setIsLate(true), Math.max(0, since + ms - Date.now()));
    return () => clearTimeout(timer);
  }, [since, ms]);
  return since !== null && isLate ? new Date(since) : null;
}
