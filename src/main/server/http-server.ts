import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { AccessControl, type Credentials } from './access.ts';
import { NO_STORE, PAGE_HEADERS } from './page-headers.ts';
import { findRoute, json, type Route } from './routes.ts';

const MAXIMUM_BODY_BYTES = 1024 * 1024;
const MAXIMUM_SOCKET_MESSAGE_BYTES = 1024 * 1024;
const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];
const SOCKET_PATH = '/socket';

export interface HttpServerOptions {
  /** Loopback unless a certificate is given. */
  readonly host: string;
  /** The wanted port; the next free one of the following twenty is taken when it is in use. */
  readonly port: number;
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** Further values of Host, such as the local end of a tunnel. */
  readonly allowedHosts: readonly string[];
  readonly secret: string;
  readonly routes: readonly Route[];
  readonly onSocket: (socket: WebSocket) => void;
  readonly now: () => number;
  /** Serves programs that hold the token and no browser: there are no codes, and a cookie opens nothing. */
  readonly programsOnly?: boolean;
}

export interface RunningServer {
  readonly port: number;
  readonly address: string;
  readonly routes: readonly Route[];
  /** An address that lets a browser in, once, within a minute. */
  link(): string;
  close(): Promise<void>;
}

/** Serves the workbench to browsers and scripts of this machine's user. */
export async function startHttpServer(options: HttpServerOptions): Promise<RunningServer> {
  if (!options.tls && !LOOPBACK.includes(options.host)) {
    throw new WorkbenchError(
      'invalid_input',
      `Serving on ${options.host} without encryption would hand the workbench to the network; give --tls-cert and --tls-key, or use an SSH tunnel to 127.0.0.1.`,
    );
  }
  const server = options.tls ? createTlsServer(options.tls) : createServer();
  // An upload over a slow tunnel may take longer than Node's five minutes for a whole request.
  server.requestTimeout = 0;
  const port = await listen(server, options.host, options.port);
  const scheme = options.tls ? 'https' : 'http';
  const access = new AccessControl({
    secret: options.secret,
    port,
    scheme,
    allowedHosts: options.allowedHosts,
    now: options.now,
  });
  const { programsOnly = false } = options;
  const routes = programsOnly ? options.routes : [...options.routes, ...sessionRoutes(access)];
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAXIMUM_SOCKET_MESSAGE_BYTES });

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void answer(request, response, access, routes, scheme)
      .catch(() => fail(response))
      // What nobody read of a body: a client may hear the answer only once all of it is sent.
      .finally(() => request.resume());
  });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    // Nobody else listens here, and one who hangs up before the refusal must not end the process.
    stream.on('error', () => stream.destroy());
    const status = refuseUpgrade(request, access, programsOnly);
    if (status !== null) {
      stream.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => options.onSocket(socket));
  });

  const address = `${scheme}://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`;
  return {
    port,
    address,
    routes,
    // After the '#', so that the code reaches no log and no Referer.
    link: () => `${address}/#code=${access.issueCode()}`,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function listen(server: Server, host: string, wanted: number): Promise<number> {
  for (let port = wanted; ; port++) {
    const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
      server.once('error', resolve);
      server.listen(port, host, () => {
        server.off('error', resolve);
        resolve(null);
      });
    });
    if (!error) {
      const address = server.address();
      return typeof address === 'object' && address ? address.port : port;
    }
    if (error.code !== 'EADDRINUSE' || port >= wanted + 20) {
      throw new WorkbenchError(
        'unavailable',
        `No port could be opened on ${host} from ${wanted} on: ${error.message}.`,
      );
    }
  }
}

/** Exchange of a printed code for a cookie, and fresh codes for programs. */
function sessionRoutes(access: AccessControl): Route[] {
  return [
    {
      method: 'POST',
      path: '/session',
      access: 'page',
      handle: async (request) => {
        const body: unknown = await request.json().catch(() => null);
        const code = body !== null && typeof body === 'object' && 'code' in body ? String(body.code) : '';
        const result = access.exchangeCode(code, readCredentials(request));
        if ('kind' in result) return refusal(result.status, result.reason);
        return json({}, 200, { 'Set-Cookie': result.cookie });
      },
    },
    { method: 'POST', path: '/session/code', access: 'bearer', handle: () => json({ code: access.issueCode() }) },
  ];
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  access: AccessControl,
  routes: readonly Route[],
  scheme: string,
): Promise<void> {
  const hosts = incoming.headersDistinct.host ?? [];
  if (!access.isOwnHost(hosts)) return await write(outgoing, new Response(null, { status: 403 }));
  const url = addressOf(incoming, `${scheme}://${hosts[0]}`);
  if (url === null) return await write(outgoing, refusal(400, 'there is no such address'));
  const abort = new AbortController();
  outgoing.on('close', () => abort.abort());
  const bare = new Request(url, { method: incoming.method ?? 'GET', headers: headersOf(incoming) });
  const route = findRoute(routes, bare.method, url.pathname);
  if (!route) return await write(outgoing, refusal(404, 'there is no such route'));
  // Before any of the body is read.
  const refused = refuseRoute(route, bare, access);
  if (refused) return await write(outgoing, refused);
  const request = await withBody(bare, incoming, route);
  if (request === null) return await write(outgoing, refusal(413, 'the body is too large'));
  await write(outgoing, await route.handle(request, abort.signal));
}

function refuseRoute(route: Route, request: Request, access: AccessControl): Response | null {
  if (route.access === 'page') return null;
  const result = access.check(readCredentials(request), route.body);
  if (result.kind === 'refused') return refusal(result.status, result.reason);
  if (route.access === 'bearer' && result.by !== 'bearer') return refusal(403, 'only a program may ask for this');
  return null;
}

function refuseUpgrade(request: IncomingMessage, access: AccessControl, programsOnly: boolean): number | null {
  if (!access.isOwnHost(request.headersDistinct.host ?? [])) return 403;
  if (addressOf(request, 'http://host')?.pathname !== SOCKET_PATH) return 404;
  const result = access.checkSocket({
    method: 'GET',
    origin: request.headers.origin,
    fetchSite: request.headers['sec-fetch-site']?.toString(),
    contentType: undefined,
    cookie: request.headers.cookie,
    authorization: request.headers.authorization,
  });
  if (result.kind === 'refused') return result.status;
  return programsOnly && result.by !== 'bearer' ? 403 : null;
}

function readCredentials(request: Request): Credentials {
  const header = (name: string): string | undefined => request.headers.get(name) ?? undefined;
  return {
    method: request.method,
    origin: header('origin'),
    fetchSite: header('sec-fetch-site'),
    contentType: header('content-type'),
    cookie: header('cookie'),
    authorization: header('authorization'),
  };
}

function refusal(status: number, reason: string): Response {
  return json({ error: { code: 'refused', message: reason } }, status);
}

/** What is asked for; null where that is no path, as `http://…` of a proxy. Put together, since `//x` would be a host. */
function addressOf({ url = '' }: IncomingMessage, origin: string): URL | null {
  return url.startsWith('/') ? URL.parse(origin + url) : null;
}

/** A route that threw: told as long as nothing was. */
async function fail(outgoing: ServerResponse): Promise<void> {
  if (outgoing.headersSent) outgoing.destroy();
  else await write(outgoing, refusal(500, 'the answer could not be made')).catch(() => outgoing.destroy());
}

function headersOf(incoming: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  return headers;
}

/** The request with its body, which a route of bytes reads as it comes; null when one of JSON is over the limit. */
async function withBody(bare: Request, incoming: IncomingMessage, route: Route): Promise<Request | null> {
  if (route.method === 'GET') return bare;
  // Whoever reads no further does not end the line: the answer still has to go over it.
  const body: AsyncIterable<Uint8Array> = incoming.iterator({ destroyOnReturn: false });
  if (route.body === 'bytes') return new Request(bare, { body: ReadableStream.from(body), duplex: 'half' });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAXIMUM_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return new Request(bare, { body: Buffer.concat(chunks) });
}

async function write(outgoing: ServerResponse, response: Response): Promise<void> {
  const headers = new Headers({ 'Cache-Control': NO_STORE, ...PAGE_HEADERS });
  for (const [name, value] of response.headers) headers.set(name, value);
  outgoing.setHeaders(headers);
  outgoing.writeHead(response.status);
  if (response.body === null) {
    outgoing.end();
    return;
  }
  for await (const chunk of response.body) {
    // Looked at before the wait: one who is gone says no more that he is.
    if (outgoing.destroyed) return;
    if (!outgoing.write(chunk)) await new Promise((resolve) => outgoing.once('drain', resolve).once('close', resolve));
  }
  outgoing.end();
}
