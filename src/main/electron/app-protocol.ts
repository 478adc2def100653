import type { Protocol } from 'electron';
import { PAGE_HEADERS } from '../server/page-headers.ts';
import { findRoute, type Route } from '../server/routes.ts';
import { APP_ORIGIN, originOf } from './trusted-sender.ts';

/** Before the app is ready: `app://` is a standard, secure scheme that our CSP governs. */
export const APP_SCHEME = {
  scheme: 'app',
  privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
} as const;

/**
 * Answers `app://cellwright/…` with the same routes that the served mode has: the page and artifacts, by GET. The
 * window talks to the workbench over IPC, so no other method is answered.
 */
export function createAppHandler(routes: readonly Route[]): (request: Request) => Promise<Response> {
  return async (request) => {
    const response = await answer(request, routes);
    const headers = new Headers(response.headers);
    for (const [name, value] of Object.entries(PAGE_HEADERS)) headers.set(name, value);
    return new Response(response.body, { status: response.status, headers });
  };
}

async function answer(request: Request, routes: readonly Route[]): Promise<Response> {
  if (originOf(request.url) !== APP_ORIGIN) return new Response(null, { status: 403 });
  if (request.method !== 'GET') return new Response(null, { status: 405 });
  const route = findRoute(routes, 'GET', new URL(request.url).pathname);
  // Only Chromium's network stack takes content encodings off; what a protocol of ours gives goes to the page as it is.
  const plain = new Request(request.url, { method: 'GET' });
  return route ? await route.handle(plain, request.signal) : new Response(null, { status: 404 });
}

export function serveApp(protocol: Protocol, routes: readonly Route[]): void {
  protocol.handle(APP_SCHEME.scheme, createAppHandler(routes));
}
