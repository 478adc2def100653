import type { WorkbenchClient } from '../../shared/rpc/client.ts';
import { openHomeDesk } from '../workbench/home-desk.ts';
import type { Terminal } from './terminal.ts';

/** The procedures that need no project, in this process; nothing is created. A bug on the other side is thrown whole. */
export async function withHome<T>({ home }: Terminal, work: (client: WorkbenchClient) => Promise<T>): Promise<T> {
  let unexpected: unknown;
  const desk = openHomeDesk(home, (error) => {
    unexpected = error;
  });
  try {
    return await work(desk.client);
  } catch (error) {
    throw unexpected ?? error;
  } finally {
    await desk.close();
  }
}
