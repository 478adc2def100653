import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import type { ProcedureName, ProcedureOutput, ProcedureRequest } from '../../shared/contract.ts';
import type { UpdateReport } from '../../shared/records/controller.ts';
import type { Experiment, Trial, TrialEpoch } from '../../shared/records/experiment.ts';
import type { NamedView } from '../../shared/records/leaderboard.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import {
  EXPERIMENTS,
  epochsOf,
  liveTrialsOf,
  type Resource,
  TIME_ZONE,
  trialOf,
  updatesOf,
  VIEWS,
} from './resource.ts';
import { type RowKey, rowKeyOf } from './row-key.ts';
import type { ConnectionStatus, Session, Snapshot } from './session.ts';
import { type LiveTrials, type LogEntry, type Progress, trialKey } from './workbench-state.ts';

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('no session around this component');
  return session;
}

/** `select` must give the same object for the same snapshot. */
function useSnapshot<T>(select: (snapshot: Snapshot) => T): T {
  const session = useSession();
  return useSyncExternalStore(session.subscribe, () => select(session.getSnapshot()));
}

/** What was asked for: not here yet, here, or refused. Old data stay while new ones are read. */
export type Loaded<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: WorkbenchError; readonly retry: () => void };

function useResource<T>(resource: Resource | null, select: (snapshot: Snapshot) => T | null | undefined): Loaded<T> {
  const session = useSession();
  const key = resource?.key ?? '';
  // biome-ignore lint/correctness/useExhaustiveDependencies: resources of one key are equal
  useEffect(() => (resource === null ? undefined : session.want(resource)), [session, key]);
  const value = useSnapshot(select);
  const error = useSnapshot(({ errors }) => errors.get(key));
  if (value !== null && value !== undefined) return { kind: 'ready', value };
  if (error !== undefined) return { kind: 'failed', error, retry: () => session.reread(key) };
  return { kind: 'loading' };
}

export const useStatus = (): ConnectionStatus => useSnapshot(({ status }) => status);

export function useExperiments(): Loaded<ReadonlyMap<number, Experiment>> {
  return useResource(EXPERIMENTS, ({ state }) => state.experiments);
}

/** `null` where the project has no such experiment. */
export function useExperiment(id: number): Loaded<{ readonly experiment: Experiment | null }> {
  const all = useExperiments();
  if (all.kind !== 'ready') return all;
  return { kind: 'ready', value: { experiment: all.value.get(id) ?? null } };
}

/** What is queued or running, and the last trials that finished; kept fresh by events. */
export function useLiveTrials(experiment: number): Loaded<LiveTrials> {
  return useResource(liveTrialsOf(experiment), ({ state }) => state.live.get(experiment));
}

/** One trial, kept fresh by events; fails with `not_found` where there is none. Null asks for nothing. */
export function useTrial(experiment: number, row: RowKey | null): Loaded<Trial> {
  const key = trialKey(experiment, row ?? '0');
  return useResource(row === null ? null : trialOf(experiment, row), ({ state }) => state.trials.get(key));
}

/** Some trials in the order asked for, kept fresh by events; those that do not exist are left out. */
export function useSomeTrials(experiment: number, rows: readonly RowKey[]): Loaded<readonly Trial[]> {
  const session = useSession();
  const keys = useSameKeys(rows);
  useEffect(() => {
    const releases = keys.map((key) => session.want(trialOf(experiment, key)));
    return () => {
      for (const release of releases) release();
    };
  }, [session, experiment, keys]);
  const all = useSnapshot(({ state }) => state.trials);
  const errors = useSnapshot((snapshot) => snapshot.errors);
  return useMemo(() => {
    const found: Trial[] = [];
    for (const row of keys) {
      const trial = all.get(trialKey(experiment, row));
      const { key } = trialOf(experiment, row);
      const error = errors.get(key);
      if (trial !== undefined) found.push(trial);
      else if (error === undefined) return { kind: 'loading' };
      else if (error.code !== 'not_found') return { kind: 'failed', error, retry: () => session.reread(key) };
    }
    return { kind: 'ready', value: found };
  }, [session, experiment, keys, all, errors]);
}

/** A list that stays the same object while its keys do. */
export function useSameKeys(keys: readonly RowKey[]): readonly RowKey[] {
  const known = useRef(keys);
  if (known.current.join() !== keys.join()) known.current = keys;
  return known.current;
}

/** Named filters, by name. */
export function useNamedViews(): Loaded<readonly NamedView[]> {
  return useResource(VIEWS, ({ state }) => state.views);
}

export function useEpochs(experiment: number, row: RowKey | null): Loaded<readonly TrialEpoch[]> {
  const key = trialKey(experiment, row ?? '0');
  return useResource(row === null ? null : epochsOf(experiment, row), ({ state }) => state.epochs.get(key));
}

export function useUpdates(experiment: number): Loaded<readonly UpdateReport[]> {
  return useResource(updatesOf(experiment), ({ state }) => state.updates.get(experiment));
}

export function useProgress({ experiment, trial, run }: Pick<Trial, 'experiment' | 'trial' | 'run'>) {
  const key = trialKey(experiment, rowKeyOf({ trial, run }));
  return useSnapshot(({ state }): Progress | undefined => state.progress.get(key));
}

export const useAllProgress = (): ReadonlyMap<string, Progress> => useSnapshot(({ state }) => state.progress);

/** Has it read what zone the workbench's machine is in: once for all times of the page, of which there are many. */
export const useWantedTimeZone = (): unknown => useResource(TIME_ZONE, ({ state }) => state.timeZone);

/** Of the workbench's machine, in which times are written; undefined, which is the browser's own, until it is known. */
export const useTimeZone = (): string | undefined => useSnapshot(({ state }) => state.timeZone) ?? undefined;

export const useLog = (): readonly LogEntry[] => useSnapshot(({ state }) => state.log);

/** Asks once when shown, and again by `retry`; asked anew when the connection is back. */
export function useAnswer<P extends ProcedureName>(
  procedure: P,
  input: ProcedureRequest<P>,
): Loaded<ProcedureOutput<P>> & { readonly again: () => void } {
  const session = useSession();
  const isConnected = useStatus().kind === 'connected';
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((was) => was + 1), []);
  const [answer, setAnswer] = useState<Loaded<ProcedureOutput<P>>>({ kind: 'loading' });
  const text = JSON.stringify(input);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks again
  useEffect(() => {
    if (!isConnected) return;
    const abort = new AbortController();
    session.call(procedure, JSON.parse(text) as ProcedureRequest<P>, abort.signal).then(
      (value) => {
        if (!abort.signal.aborted) setAnswer({ kind: 'ready', value });
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        const told = error instanceof WorkbenchError ? error : new WorkbenchError('internal', String(error));
        setAnswer({ kind: 'failed', error: told, retry: again });
      },
    );
    return () => abort.abort();
  }, [session, procedure, text, isConnected, round, again]);
  return { ...answer, again };
}

/** A button's work: whether it is under way, and why it was refused. */
export function useAction(): {
  readonly isBusy: boolean;
  readonly error: WorkbenchError | null;
  readonly run: (work: () => Promise<unknown>) => Promise<boolean>;
  readonly clear: () => void;
} {
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<WorkbenchError | null>(null);
  const run = useCallback(async (work: () => Promise<unknown>) => {
    setIsBusy(true);
    setError(null);
    try {
      await work();
      return true;
    } catch (thrown) {
      setError(thrown instanceof WorkbenchError ? thrown : new WorkbenchError('internal', String(thrown)));
      return false;
    } finally {
      setIsBusy(false);
    }
  }, []);
  return { isBusy, error, run, clear: useCallback(() => setError(null), []) };
}
