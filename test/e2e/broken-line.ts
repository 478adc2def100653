import { createServer, type Server, type Socket, connect as tcpConnect } from 'node:net';

/** A tunnel from one port of this machine to another, which breaks when told to. */
export interface Line {
  /** Ends every connection and takes no new one. */
  cut(): Promise<void>;
  /** Carries nothing any more and ends nothing; new connections are taken, and stay silent too. Until it is cut. */
  freeze(): void;
  mend(): Promise<void>;
}

export async function openLine(from: number, to: number): Promise<Line> {
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  let isFrozen = false;
  const forward = (near: Socket): void => {
    const far = tcpConnect(to, '127.0.0.1');
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(end);
      end.on('close', () => {
        sockets.delete(end);
        other.destroy();
      });
      // A connection that ends in the middle is what this is for.
      end.on('error', () => other.destroy());
      if (!isFrozen) end.pipe(other);
    }
  };
  const mend = (): Promise<void> => {
    server = createServer(forward);
    const listening = server;
    return new Promise((resolve, reject) => {
      listening.once('error', reject);
      listening.listen(from, '127.0.0.1', resolve);
    });
  };
  const cut = (): Promise<void> => {
    const closing = server;
    server = null;
    isFrozen = false;
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => {
      if (closing === null) resolve();
      else closing.close(() => resolve());
    });
  };
  const freeze = (): void => {
    isFrozen = true;
    for (const socket of sockets) socket.unpipe().pause();
  };
  await mend();
  return { cut, freeze, mend };
}
