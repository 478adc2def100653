import { useEffect, useRef, useState } from 'react';
import type { ProcedureName, ProcedureOutput, ProcedureRequest } from '../../shared/contract.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { type Loaded, useSession, useStatus } from './use-workbench.ts';

/** A question whose answer changes while a search runs is asked again at most this often. Milliseconds (ours). */
const ASK_EVERY_MS = 2_000;

/**
 * The answer to a question, asked again when `revision` changes, at most once in two seconds. An older answer stays
 * while a newer one is read, also where the newer question is refused: a filter may be half typed. Another `subject`
 * begins anew; without an input nothing is asked.
 */
export function useFreshAnswer<P extends ProcedureName>(
  procedure: P,
  input: ProcedureRequest<P> | null,
  revision: string | number,
  subject: string | number,
): Loaded<ProcedureOutput<P>> {
  const session = useSession();
  const isConnected = useStatus().kind === 'connected';
  const [answer, setAnswer] = useState<{ of: string | number; loaded: Loaded<ProcedureOutput<P>> } | null>(null);
  const [round, setRound] = useState(0);
  const newest = useRef(revision);
  newest.current = revision;
  const look = useRef<() => void>(() => undefined);
  const text = JSON.stringify(input);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a round asks again
  useEffect(() => {
    if (!isConnected || text === 'null') return;
    const show = (loaded: Loaded<ProcedureOutput<P>>): void =>
      setAnswer((was) =>
        loaded.kind === 'failed' && was?.of === subject && was.loaded.kind === 'ready' ? was : { of: subject, loaded },
      );
    const asker = new Asker(newest, (signal) =>
      session.call(procedure, JSON.parse(text) as ProcedureRequest<P>, signal).then(
        (value) => show({ kind: 'ready', value }),
        (error: unknown) => {
          const told = error instanceof WorkbenchError ? error : new WorkbenchError('internal', String(error));
          if (!signal.aborted) show({ kind: 'failed', error: told, retry: () => setRound((was) => was + 1) });
        },
      ),
    );
    look.current = asker.look;
    asker.look();
    return asker.stop;
  }, [session, procedure, text, isConnected, round, subject]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another revision may have another answer
  useEffect(() => look.current(), [revision]);
  return answer !== null && answer.of === subject ? answer.loaded : { kind: 'loading' };
}

/** Asks when the revision is another one than at the last asking; one question at a time. */
class Asker {
  private readonly revision: { readonly current: string | number };
  private readonly ask: (signal: AbortSignal) => Promise<void>;
  private readonly abort = new AbortController();
  private asked: { readonly revision: string | number; readonly at: number } | null = null;
  private isBusy = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(revision: { readonly current: string | number }, ask: (signal: AbortSignal) => Promise<void>) {
    this.revision = revision;
    this.ask = ask;
  }

  readonly look = (): void => {
    if (this.isBusy || this.timer !== undefined || this.abort.signal.aborted) return;
    if (this.asked !== null && this.asked.revision === this.revision.current) return;
    const wait = this.asked === null ? 0 : Math.max(0, this.asked.at + ASK_EVERY_MS - performance.now());
    this.timer = setTimeout(() => void this.askNow(), wait);
  };

  readonly stop = (): void => {
    clearTimeout(this.timer);
    this.abort.abort();
  };

  private async askNow(): Promise<void> {
    this.timer = undefined;
    this.isBusy = true;
    this.asked = { revision: this.revision.current, at: performance.now() };
    await this.ask(this.abort.signal);
    this.isBusy = false;
    this.look();
  }
}
