import { useEffect, useState } from 'react';
import type { DatasetFetch } from '../../../shared/records/dataset.ts';
import { useAnswer, useSession } from '../../state/use-workbench.ts';

/**
 * Where the fetching of a data set stands, whoever asked for it; null where nobody did since the workbench was started.
 * `onReady` is called when it becomes ready.
 */
export function useDatasetFetch(name: string, onReady: () => void): DatasetFetch | null {
  const session = useSession();
  const asked = useAnswer('dataset.fetches', {});
  const [heard, setHeard] = useState<DatasetFetch | null>(null);
  useEffect(
    () =>
      session.listen({
        events: (events) => {
          for (const event of events) {
            if (event.name === 'dataset.progressed' && event.payload.name === name) setHeard(event.payload);
          }
        },
        // It is asked anew with the connection.
        afresh: () => setHeard(null),
      }),
    [session, name],
  );
  const isReady = heard?.state === 'ready';
  useEffect(() => {
    if (isReady) onReady();
  }, [isReady, onReady]);
  if (heard !== null || asked.kind !== 'ready') return heard;
  return asked.value.find((fetch) => fetch.name === name) ?? null;
}
