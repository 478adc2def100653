import { type Handlers, PROCEDURES, type ProcedureName } from '../../shared/contract.ts';
import { WorkbenchClient } from '../../shared/rpc/client.ts';
import { connectInProcess } from '../../shared/rpc/connection.ts';
import { serveConnection } from '../../shared/rpc/server.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { SYSTEM_CLOCK } from '../clock.ts';
import { DatasetFetches } from './dataset-fetches.ts';
import { EventFeed } from './event-feed.ts';
import { type HomeProcedure, homeHandlers } from './home-handlers.ts';

/** Answers for a home folder without a project: no database, no lock, no log. Whatever needs a project is refused. */
export interface HomeDesk {
  readonly client: WorkbenchClient;
  /** Ends what is under way. */
  close(): Promise<void>;
}

/** `onUnexpected` hears what a caller is only told as `internal`. */
export function openHomeDesk(home: string, onUnexpected: (error: unknown) => void): HomeDesk {
  const events = new EventFeed('home');
  const fetches = new DatasetFetches({
    home,
    tell: () => undefined,
    publish: (event) => events.publish(event),
    monotonicMs: () => SYSTEM_CLOCK.monotonicMs(),
  });
  const handlers = withoutProject(homeHandlers({ home, fetches, project: () => null }));
  const connection = connectInProcess();
  serveConnection(connection.server, { handlers, events, onUnexpected: (_procedure, error) => onUnexpected(error) });
  return {
    client: new WorkbenchClient(connection.client, { by: 'program' }),
    close: async () => {
      await fetches.close();
      connection.close();
    },
  };
}

function withoutProject(home: Pick<Handlers, HomeProcedure>): Handlers {
  const refusals = (Object.keys(PROCEDURES) as ProcedureName[]).map((procedure) => [
    procedure,
    () => {
      throw new WorkbenchError('not_found', `${procedure} needs a project, and none is open.`);
    },
  ]);
  return { ...(Object.fromEntries(refusals) as Handlers), ...home };
}
