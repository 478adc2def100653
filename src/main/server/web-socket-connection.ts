import type { WebSocket } from 'ws';
import type { Connection } from '../../shared/rpc/connection.ts';

/** A client that does not read is cut off here; it reconnects and reads afresh. */
const MAXIMUM_WAITING_BYTES = 16 * 1024 * 1024;
const PING_EVERY_MS = 30_000;

/** One client over a WebSocket. Closes the socket when the client stops answering or stops reading. */
export function webSocketConnection(socket: WebSocket): Connection {
  let isAlive = true;
  const ping = setInterval(() => {
    if (!isAlive) socket.terminate();
    isAlive = false;
    socket.ping();
  }, PING_EVERY_MS);
  ping.unref();
  socket.on('pong', () => {
    isAlive = true;
  });
  socket.on('close', () => clearInterval(ping));
  socket.on('error', () => socket.terminate());
  return {
    send: (message) => {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > MAXIMUM_WAITING_BYTES) socket.terminate();
      else socket.send(JSON.stringify(message));
    },
    onMessage: (listener) => {
      const receive = (data: Buffer, isBinary: boolean): void => {
        if (isBinary) return;
        const message = parse(data.toString());
        if (message !== undefined) listener(message);
      };
      socket.on('message', receive);
      return () => socket.off('message', receive);
    },
    onClose: (listener) => {
      socket.on('close', listener);
      return () => socket.off('close', listener);
    },
    close: () => socket.terminate(),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
