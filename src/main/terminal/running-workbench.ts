import { existsSync, readFileSync } from 'node:fs';
import { WebSocket } from 'ws';
import { WorkbenchClient } from '../../shared/rpc/client.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { readServed, secretFile } from '../server/serve-workbench.ts';
import { webSocketConnection } from '../server/web-socket-connection.ts';

/** A workbench on the same machine answers at once, or not at all. Milliseconds. */
const CONNECT_WITHIN_MS = 5000;

/** A workbench in another process. */
export interface RunningWorkbench {
  readonly client: WorkbenchClient;
  /** Rejects when the connection is lost; never after `close`. */
  readonly lost: Promise<never>;
  close(): void;
}

/**
 * Connects to the workbench that holds a project: its process wrote where it serves into the project, and its user's
 * token lies in the home folder. Null where there is none that can be reached. Only to be asked when somebody holds the
 * project, since the token is shown to whoever answers.
 */
export async function connectToRunning(projectFolder: string, home: string): Promise<RunningWorkbench | null> {
  const served = readServed(projectFolder);
  const token = readToken(home);
  if (!served || token === null || !isAlive(served.pid)) return null;
  const socket = new WebSocket(`${served.address.replace(/^http/, 'ws')}/socket`, {
    headers: { authorization: `Bearer ${token}` },
    handshakeTimeout: CONNECT_WITHIN_MS,
  });
  return (await isOpen(socket)) ? compose(socket) : null;
}

function compose(socket: WebSocket): RunningWorkbench {
  const client = new WorkbenchClient(webSocketConnection(socket), { by: 'program' });
  let isClosed = false;
  const lost = new Promise<never>((_, reject) => {
    socket.on('close', () => {
      if (isClosed) return;
      reject(
        new WorkbenchError(
          'unavailable',
          'The Cellwright that holds this project ended. What it trained is saved: give the command again.',
        ),
      );
    });
  });
  // Whoever waits for it hears it; nobody may.
  lost.catch(() => undefined);
  const close = (): void => {
    isClosed = true;
    socket.close();
  };
  return { client, lost, close };
}

function isOpen(socket: WebSocket): Promise<boolean> {
  return new Promise((resolve) => {
    socket.once('open', () => resolve(true));
    // Refused, or nobody there: the one who asked says what that means.
    socket.once('error', () => resolve(false));
  });
}

function readToken(home: string): string | null {
  const file = secretFile(home);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process is alive as well.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
