import type { Connection } from '../../shared/rpc/connection.ts';
import { type Host, NotAuthorisedError } from './host.ts';

/** A line that carries answers sooner, or not at all: a tunnel may take a connection and stay silent. Milliseconds (ours). */
const ANSWER_WITHIN_MS = 10_000;

/** A page that a workbench serves: JSON over a WebSocket of the page's own origin. */
export function createBrowserHost(): Host {
  return {
    kind: 'browser',
    open: async () => {
      await exchangeCode();
      return await openSocket();
    },
    onCommand: () => () => undefined,
  };
}

/**
 * Trades the code of a printed link for the cookie, and takes it out of the address. It stays there while the workbench
 * does not answer: rejects then, and the next try has it still.
 */
async function exchangeCode(): Promise<void> {
  const { hash } = location;
  const code = new URLSearchParams(hash.slice(1)).get('code');
  if (code === null) return;
  const answer = await fetch('/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ code }),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  await readToEnd(answer);
  // A tunnel may answer for a workbench that is down.
  if (answer.status >= 500) throw new Error('The workbench does not answer.');
  // A code that is used up matters only where there is no cookie; opening the socket tells.
  if (location.hash === hash) history.replaceState(history.state, '', location.pathname + location.search);
}

async function openSocket(): Promise<Connection> {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const socket = new WebSocket(`${scheme}://${location.host}/socket`);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const outcome = await new Promise<'open' | 'closed' | 'silent'>((resolve) => {
    socket.addEventListener('open', () => resolve('open'), { once: true });
    socket.addEventListener('close', () => resolve('closed'), { once: true });
    timer = setTimeout(() => resolve('silent'), ANSWER_WITHIN_MS);
  });
  clearTimeout(timer);
  if (outcome === 'open') return socketConnection(socket);
  if (outcome === 'silent') socket.close();
  // A browser doesn't tell why a socket was refused.
  if (outcome === 'closed' && (await isRefused())) throw new NotAuthorisedError('This page may not use the workbench.');
  throw new Error('The workbench does not answer.');
}

async function isRefused(): Promise<boolean> {
  const answer = await fetch('/api/dataset.list', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{}',
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  await readToEnd(answer);
  return answer.status === 401 || answer.status === 403;
}

/** An answer that nobody reads counts as a request that failed. */
const readToEnd = (answer: Response): Promise<string> => answer.text();

function socketConnection(socket: WebSocket): Connection {
  const closed = new AbortController();
  socket.addEventListener('close', () => closed.abort(), { once: true });
  return {
    send: (message) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    onMessage: (listener) => {
      const receive = ({ data }: MessageEvent<unknown>): void => {
        if (!closed.signal.aborted) listener(JSON.parse(String(data)));
      };
      socket.addEventListener('message', receive);
      return () => socket.removeEventListener('message', receive);
    },
    onClose: (listener) => {
      closed.signal.addEventListener('abort', listener);
      return () => closed.signal.removeEventListener('abort', listener);
    },
    close: () => {
      socket.close();
      // A browser says so only after the other side agreed, which may be never.
      closed.abort();
    },
  };
}
