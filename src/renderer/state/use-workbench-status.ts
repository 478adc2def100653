import { useEffect, useState } from 'react';
import type { WorkbenchStatus } from '../../shared/records/log.ts';
import { useSession, useStatus } from './use-workbench.ts';

/** While nothing happens memory is looked at so often. Milliseconds (ours). */
const POLL_MS = 10_000;
/** And after events at most so often. Milliseconds (ours). */
const AFTER_EVENT_MS = 1_000;
const TELLING = new Set(['experiment.changed', 'trial.changed']);

/** Trainers, free memory and what was resumed after a crash; null until it is known. Not asked while the window is hidden. */
export function useWorkbenchStatus(): WorkbenchStatus | null {
  const session = useSession();
  const isConnected = useStatus().kind === 'connected';
  const [status, setStatus] = useState<WorkbenchStatus | null>(null);
  useEffect(() => {
    if (!isConnected) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isSoon = false;
    const later = (ms: number): void => {
      clearTimeout(timer);
      timer = setTimeout(() => void ask(), ms);
    };
    const ask = async (): Promise<void> => {
      isSoon = false;
      // Asked again when it is shown.
      if (document.hidden) return;
      try {
        const answer = await session.call('system.status', {}, abort.signal);
        if (!abort.signal.aborted) setStatus(answer);
      } catch (error) {
        // What was known before stays; the next try is soon, and a lost connection shows itself.
        console.info('The status was not read.', error);
      }
      if (!abort.signal.aborted && !isSoon) later(POLL_MS);
    };
    const soon = (): void => {
      if (isSoon) return;
      isSoon = true;
      later(AFTER_EVENT_MS);
    };
    const release = session.listen({
      events: (events) => {
        if (events.some(({ name }) => TELLING.has(name))) soon();
      },
      afresh: soon,
    });
    const shown = (): void => {
      if (!document.hidden) later(0);
    };
    document.addEventListener('visibilitychange', shown);
    later(0);
    return () => {
      abort.abort();
      clearTimeout(timer);
      release();
      document.removeEventListener('visibilitychange', shown);
    };
  }, [session, isConnected]);
  return status;
}
