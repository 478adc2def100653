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
 * Answers `app://cellwright/…` with the same routes that the served mode has: the page and artifacts by GET and HEAD,
 * and uploads by POST. The window calls the workbench over IPC, so no procedure is answered.
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
  const { method, url, signal } = request;
  const isSafe = method === 'GET' || method === 'HEAD';
  const route = findRoute(routes, method, new URL(url).pathname);
  if (!isSafe && route?.body !== 'bytes') return new Response(null, { status: 405 });
  if (!route) return new Response(null, { status: 404 });
  const refused = isSafe ? null : refuseUpload(request);
  if (refused) return refused;
  const headers = new Headers(request.headers);
  // Only Chromium's network stack takes content encodings off; what a protocol of ours gives goes to the page as it is.
  headers.delete('accept-encoding');
  const body: RequestInit = isSafe ? {} : { body: request.body, duplex: 'half' };
  return await route.handle(new Request(url, { method, headers, ...body }), signal);
}

/**
 * As the served mode has it. No foreign page is ever shown here, and whether Chromium names the origin of a request to
 * a scheme of ours could not be seen on a real one: an origin that is named must be ours.
 */
function refuseUpload({ headers }: Request): Response | null {
  const origin = headers.get('origin');
  const type = headers.get('content-type')?.split(';', 1)[0];
  return (origin === null || origin === APP_ORIGIN) && type === 'application/octet-stream'
    ? null
    : new Response(null, { status: 403 });
}

export function serveApp(protocol: Protocol, routes: readonly Route[]): void {
  protocol.handle(APP_SCHEME.scheme, createAppHandler(routes));
}
