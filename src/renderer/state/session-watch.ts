import type { Connection } from '../../shared/rpc/connection.ts';

/** After so long without a word the other side is asked for one. Milliseconds (ours). */
const ASK_AFTER_MS = 3_000;
/** And given up after so long without any: more than a busy workbench ever takes. Milliseconds (ours). */
const LOST_AFTER_MS = 10_000;

/**
 * Closes a connection over which nothing comes any more, until it is closed. Of a tunnel that froze, or a computer that
 * slept, no end is ever heard.
 */
export function closeWhenSilent(connection: Connection): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = (): void => {
    connection.send({ kind: 'ping' });
    timer = setTimeout(() => connection.close(), LOST_AFTER_MS);
  };
  const hear = (): void => {
    clearTimeout(timer);
    timer = setTimeout(ask, ASK_AFTER_MS);
  };
  connection.onMessage(hear);
  connection.onClose(() => clearTimeout(timer));
  hear();
}
