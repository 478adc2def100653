import { useEffect, useState } from 'react';
import type { WorkbenchEvent } from '../../shared/contract.ts';
import type { Session } from './session.ts';
import { useSession } from './use-workbench.ts';

/**
 * Calls back when what is told of all finished trials of an experiment may have changed: one finished, went into
 * the trash or out of it, or a cell was labelled, which a filter may ask for. Until the returned function is called.
 */
export function followResults(session: Session, experiment: number, changed: () => void): () => void {
  return session.listen({
    events(events) {
      if (events.some((event) => isResult(event, experiment))) changed();
    },
    afresh: changed,
  });
}

function isResult({ name, payload }: WorkbenchEvent, experiment: number): boolean {
  if (name === 'trial.changed') return payload.experiment === experiment && payload.finishedAt !== null;
  return name === 'cell.labelled' && payload.experiment === experiment;
}

/** A number that is another one whenever these results may have changed. */
export function useResultsRevision(experiment: number): number {
  const session = useSession();
  const [revision, setRevision] = useState(0);
  useEffect(() => followResults(session, experiment, () => setRevision((was) => was + 1)), [session, experiment]);
  return revision;
}
