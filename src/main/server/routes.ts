import { type Handlers, PROCEDURES, type ProcedureName } from '../../shared/contract.ts';
import { callProcedure, describeError } from '../../shared/rpc/server.ts';
import type { WorkbenchErrorCode } from '../../shared/workbench-error.ts';
import { NO_STORE } from './page-headers.ts';

/**
 * Who may ask for a route. `page`: anybody whose Host is ours, for it holds nothing but the program itself.
 * `holder`: cookie or bearer token. `bearer`: programs that can read the secret's file.
 */
export type RouteAccess = 'page' | 'holder' | 'bearer';

export type RouteBody = 'json' | 'bytes';

export interface Route {
  readonly method: 'GET' | 'POST';
  /** A path, or the start of one when it ends in a slash. */
  readonly path: string;
  readonly access: RouteAccess;
  /** What a body is: JSON, read before the route is asked, or bytes of any size, which it reads itself. */
  readonly body?: RouteBody;
  readonly handle: (request: Request, signal: AbortSignal) => Response | Promise<Response>;
}

const STATUS: Readonly<Record<WorkbenchErrorCode, number>> = {
  invalid_input: 400,
  not_found: 404,
  conflict: 409,
  corrupt: 500,
  newer_version: 409,
  read_only: 409,
  disk_full: 507,
  unavailable: 503,
  cancelled: 499,
  internal: 500,
};

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': NO_STORE, ...headers },
  });
}

/** Hears what a caller is only told as `internal`: where, and the whole error. */
export type OnUnexpected = (place: string, error: unknown) => void;

/** What a caller is told of an error, with the status that fits its code. */
export function errorResponse(error: unknown, place: string, onUnexpected: OnUnexpected): Response {
  const { unexpected, ...told } = describeError(error);
  if (unexpected) onUnexpected(place, error);
  return json({ error: told }, STATUS[told.code as WorkbenchErrorCode] ?? 500);
}

/** `POST /api/<procedure>` with the input as JSON: the same function that the window's connection calls. */
export function procedureRoutes(handlers: Handlers, onUnexpected: OnUnexpected): Route[] {
  return (Object.keys(PROCEDURES) as ProcedureName[]).map((procedure) => ({
    method: 'POST',
    path: `/api/${procedure}`,
    access: 'holder',
    handle: async (request, signal) => {
      try {
        const text = await request.text();
        const input: unknown = text === '' ? {} : parse(text);
        return json(await callProcedure(handlers, procedure, input, signal));
      } catch (error) {
        return errorResponse(error, procedure, onUnexpected);
      }
    },
  }));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schema refuses `undefined` with a sentence, as it does any other value that is no object.
    return undefined;
  }
}

/** The route of a request: an exact path first, then the longest start of one. */
export function findRoute(routes: readonly Route[], method: string, path: string): Route | undefined {
  const wanted = method === 'HEAD' ? 'GET' : method;
  const exact = routes.find((route) => route.method === wanted && route.path === path);
  if (exact) return exact;
  return routes
    .filter((route) => route.method === wanted && route.path.endsWith('/') && path.startsWith(route.path))
    .sort((a, b) => b.path.length - a.path.length)[0];
}
