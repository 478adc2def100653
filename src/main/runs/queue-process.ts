import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { errorCode } from '../store/storage-error.ts';
import { localTrainers } from './local-trainers.ts';
import { QueueServer } from './queue-server.ts';
import type { RunQueue } from './run-queue.ts';

// Entry of a queue that outlives its owner, as far as a distributed one would: `queue-process <socket> [module]`, whose
// module exports `openQueue`. It is reached by a Unix socket (on Windows a named pipe) and not by the IPC channel of its
// parent, since that is gone with the parent, and a later owner is no parent of its.

const [path = '', module] = process.argv.slice(2);
const open: () => RunQueue = module === undefined ? await localTrainers() : (await import(module)).openQueue;
const server = new QueueServer(open(), () => {
  process.exitCode = 0;
});
process.on('SIGTERM', () => void server.close());
// Of a terminal that it has nothing to do with.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);

try {
  await server.serve(path);
} catch (error) {
  if (errorCode(error) !== 'EADDRINUSE' || (await isServed())) throw error;
  // Of a process that was killed.
  rmSync(path, { force: true });
  await server.serve(path);
}

function isServed(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
