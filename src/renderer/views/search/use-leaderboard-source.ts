import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { type ParsedFilter, parseFilter } from '../../../shared/leaderboard/filter.ts';
import type { Experiment } from '../../../shared/records/experiment.ts';
import type { LeaderboardQuery } from '../../../shared/records/leaderboard.ts';
import { type LeaderboardSnapshot, LeaderboardSource } from '../../state/leaderboard-source.ts';
import { useSession } from '../../state/use-workbench.ts';
import type { SearchView } from './search-view.ts';

/** What the address's filter means; while it does not parse, the last good one stays. */
export function useGoodFilter(text: string): { readonly parsed: ParsedFilter; readonly good: string } {
  const parsed = useMemo(() => parseFilter(text), [text]);
  const good = useRef('');
  if (parsed.kind === 'ready') good.current = text;
  return { parsed, good: good.current };
}

/** The rows that a view asks for, followed while the component is shown. */
export function useLeaderboardSource(
  experiment: Experiment,
  { mode, sort, isTrash }: SearchView,
  filter: string,
): readonly [LeaderboardSource, LeaderboardSnapshot] {
  const session = useSession();
  const [source] = useState(() => new LeaderboardSource(session, experiment.id));
  const query = useMemo<LeaderboardQuery>(() => ({ mode, filter, sort, isTrash }), [mode, filter, sort, isTrash]);
  useEffect(() => source.open(), [source]);
  useEffect(() => source.setQuery(query), [source, query]);
  const isOver = experiment.state !== 'running';
  // Whoever reads the result of a search that just ended reads it in its order.
  useEffect(() => {
    if (isOver && !source.isOrderHeld()) void source.settle();
  }, [source, isOver]);
  return [source, useSyncExternalStore(source.subscribe, source.getSnapshot)];
}
