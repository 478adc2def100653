import type { IpcMainEvent, WebContents } from 'electron';

export const APP_ORIGIN = 'app://cellwright';

/**
 * Whether a message comes from the main frame of our own window showing our own page. Fails closed: what can't be
 * told is not ours. Reads `senderFrame` at once, since it is null later.
 */
export function isTrustedSender(
  event: Pick<IpcMainEvent, 'senderFrame' | 'sender'>,
  window: WebContents | undefined,
): boolean {
  const frame = event.senderFrame;
  if (!frame || !window || window.isDestroyed()) return false;
  if (event.sender.id !== window.id || frame.parent !== null) return false;
  return originOf(frame.url) === APP_ORIGIN;
}

/** Scheme and host of an address; `null` for what has none, such as `about:blank`. */
export function originOf(address: string): string | null {
  const url = URL.parse(address);
  return url === null || url.host === '' ? null : `${url.protocol}//${url.host}`;
}
