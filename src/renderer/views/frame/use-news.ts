import { useEffect } from 'react';
import type { Experiment } from '../../../shared/records/experiment.ts';
import { plural } from '../../components/words.ts';
import { announce, tellDone } from '../../state/announcements.ts';
import { setNewestBest } from '../../state/newest-best.ts';
import { useSession, useStatus } from '../../state/use-workbench.ts';
import { newsOf } from './news.ts';
import { QUIET_MS, useLostFor } from './use-lost-for.ts';

/** A new best is said at most so often. Milliseconds (design). */
const BEST_EVERY_MS = 5_000;

/** Says what happens to searches and to the connection. */
export function useNews(): void {
  useSearchNews();
  useConnectionNews();
}

function useSearchNews(): void {
  const session = useSession();
  useEffect(() => {
    const known = new Map<number, Experiment>(session.getSnapshot().state.experiments ?? []);
    let waiting: string | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const sayBest = (): void => {
      timer = undefined;
      if (waiting === null) return;
      announce(waiting, 'polite');
      waiting = null;
      timer = setTimeout(sayBest, BEST_EVERY_MS);
    };
    const release = session.listen({
      events: (events) => {
        for (const event of events) {
          if (event.name !== 'experiment.changed') continue;
          const after = event.payload;
          const before = known.get(after.id) ?? session.getSnapshot().state.experiments?.get(after.id);
          known.set(after.id, after);
          if (before === undefined) continue;
          for (const { kind, text, politeness } of newsOf(before, after)) {
            if (kind === 'state') announce(text, politeness);
            else if (kind === 'end') tellDone(text);
            else waiting = text;
            if (kind === 'best' && after.best !== null) setNewestBest({ experiment: after.id, ...after.best });
          }
        }
        if (timer === undefined) sayBest();
      },
      // What happened meanwhile is seen, not said one by one.
      afresh: () => known.clear(),
    });
    return () => {
      release();
      clearTimeout(timer);
    };
  }, [session]);
}

function useConnectionNews(): void {
  const status = useStatus();
  const isLost = useLostFor(QUIET_MS) !== null;
  const caughtUp = status.kind === 'connected' ? status.caughtUp : null;
  useEffect(() => {
    if (isLost) announce('The workbench does not answer. It is tried again by itself.', 'polite');
  }, [isLost]);
  useEffect(() => {
    if (caughtUp === null) return;
    const late = caughtUp === 0 ? '' : `, ${plural(caughtUp, 'event')} caught up`;
    announce(`The workbench answers again${late}.`, 'polite');
  }, [caughtUp]);
}
