import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { flushFolder } from '../flush-to-disk.ts';
import { makeFolders } from '../make-folders.ts';
import type { RouteBody } from './routes.ts';

/** How long a code in a printed address may be used, once. Milliseconds. */
const CODE_LIFETIME_MS = 60_000;
const MAXIMUM_BAD_TRIES = 10;
const BAD_TRIES_WINDOW_MS = 60_000;

/** What a request may do, or why it may not. */
export type Access =
  | { readonly kind: 'allowed'; readonly by: 'cookie' | 'bearer' }
  | { readonly kind: 'refused'; readonly status: 401 | 403 | 429; readonly reason: string };

const BODIES = {
  json: { type: 'application/json', reason: 'a call must be JSON' },
  bytes: { type: 'application/octet-stream', reason: 'an upload must be application/octet-stream' },
} as const satisfies Record<RouteBody, object>;

/** The parts of a request that decide on access; `undefined` is an absent header. */
export interface Credentials {
  readonly method: string;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  readonly contentType: string | undefined;
  readonly cookie: string | undefined;
  readonly authorization: string | undefined;
}

/**
 * Who may use a workbench that is served over loopback: a browser that once held a printed code (it keeps a cookie)
 * and programs that can read the secret's file (bearer token). Other pages in the same browser, other users of the
 * machine and other names that resolve to it may not.
 */
export class AccessControl {
  private readonly secret: string;
  private readonly isEncrypted: boolean;
  private readonly hosts: ReadonlySet<string>;
  private readonly origins: ReadonlySet<string>;
  private readonly codes = new Map<string, number>();
  private badTries: number[] = [];
  private readonly now: () => number;
  readonly cookieName: string;

  /** `allowedHosts` are names beside the loopback ones, with their port, such as `localhost:9000` of a tunnel. */
  constructor(options: {
    secret: string;
    port: number;
    scheme: 'http' | 'https';
    allowedHosts: readonly string[];
    now: () => number;
  }) {
    this.secret = options.secret;
    this.isEncrypted = options.scheme === 'https';
    this.now = options.now;
    this.hosts = new Set([
      ...['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${options.port}`),
      ...options.allowedHosts,
    ]);
    this.origins = new Set([...this.hosts].map((host) => `${options.scheme}://${host}`));
    this.cookieName = `cellwright-${options.port}`;
  }

  /** Exactly one Host header with a name of ours; anything else may be a foreign name that resolves to this machine. */
  isOwnHost(hosts: readonly string[]): boolean {
    const [host] = hosts;
    return hosts.length === 1 && host !== undefined && this.hosts.has(host);
  }

  /** A fresh code for an address: good once, for a minute. */
  issueCode(): string {
    const now = this.now();
    for (const [code, expires] of this.codes) if (expires <= now) this.codes.delete(code);
    const code = randomBytes(16).toString('base64url');
    this.codes.set(code, now + CODE_LIFETIME_MS);
    return code;
  }

  /** Exchanges a code for the `Set-Cookie` value that keeps a browser in, or tells why not. */
  exchangeCode(code: string, credentials: Credentials): { cookie: string } | Extract<Access, { kind: 'refused' }> {
    if (credentials.origin === undefined || !this.origins.has(credentials.origin)) {
      return { kind: 'refused', status: 403, reason: 'a code can only be used by our own page' };
    }
    if (this.isLocked()) return tooMany();
    const expires = this.codes.get(code);
    this.codes.delete(code);
    if (expires === undefined || expires <= this.now()) {
      this.badTries.push(this.now());
      return { kind: 'refused', status: 401, reason: 'the link was used or is too old' };
    }
    const attributes = `HttpOnly; SameSite=Strict; Path=/; Max-Age=31536000${this.isEncrypted ? '; Secure' : ''}`;
    return { cookie: `${this.cookieName}=${this.cookieValue()}; ${attributes}` };
  }

  /**
   * Whether a request to the API, an artifact or the socket may pass. `body` is the one type that a page may send with
   * an unsafe method; a form of another page can send neither of the two.
   */
  check(credentials: Credentials, body: RouteBody = 'json'): Access {
    const { authorization, cookie, origin } = credentials;
    if (authorization !== undefined) return this.checkBearer(authorization, origin);
    const value = readCookie(cookie, this.cookieName);
    if (value === undefined) return { kind: 'refused', status: 401, reason: 'no cookie and no bearer token' };
    if (!isEqual(value, this.cookieValue())) return this.refuseTry();
    const isSafe = credentials.method === 'GET' || credentials.method === 'HEAD';
    if (!isSafe) {
      if (origin === undefined || !this.origins.has(origin)) return foreign();
      const { type, reason } = BODIES[body];
      if (credentials.contentType?.split(';', 1)[0] !== type) return { kind: 'refused', status: 403, reason };
    } else if (origin !== undefined && !this.origins.has(origin)) return foreign();
    if (credentials.fetchSite !== undefined && !['same-origin', 'none'].includes(credentials.fetchSite))
      return foreign();
    return { kind: 'allowed', by: 'cookie' };
  }

  /** A socket is opened by a GET, and yet can do everything: a browser must say that it comes from our page. */
  checkSocket(credentials: Credentials): Access {
    const access = this.check(credentials);
    if (access.kind === 'allowed' && access.by === 'cookie' && credentials.origin === undefined) return foreign();
    return access;
  }

  private checkBearer(authorization: string, origin: string | undefined): Access {
    // A page cannot know the token; a request that has both would be a page that stole it.
    if (origin !== undefined) return foreign();
    if (this.isLocked()) return tooMany();
    const token = /^Bearer (\S+)$/.exec(authorization)?.[1];
    return token !== undefined && isEqual(token, this.secret) ? { kind: 'allowed', by: 'bearer' } : this.refuseTry();
  }

  private refuseTry(): Access {
    if (this.isLocked()) return tooMany();
    this.badTries.push(this.now());
    return { kind: 'refused', status: 401, reason: 'the credentials are not ours' };
  }

  private isLocked(): boolean {
    const since = this.now() - BAD_TRIES_WINDOW_MS;
    this.badTries = this.badTries.filter((time) => time > since);
    return this.badTries.length >= MAXIMUM_BAD_TRIES;
  }

  /** Derived from the secret, so that a page that was open goes on after a restart. */
  private cookieValue(): string {
    return createHmac('sha256', this.secret).update(this.cookieName).digest('base64url');
  }
}

/**
 * The 256-bit secret of this installation, readable by its owner only; made on the first call, and anew where the file
 * holds none: an empty secret would let everybody in who can compute its cookie. Programs that start at once agree.
 */
export function readSecret(file: string): string {
  const kept = secretIn(file);
  if (kept !== null) return kept;
  makeFolders(dirname(file));
  const own = `${file}.${randomBytes(8).toString('hex')}`;
  const secret = randomBytes(32).toString('base64url');
  try {
    writeFileSync(`${own}.tmp`, `${secret}\n`, { mode: 0o600, flag: 'wx', flush: true });
    setAside(file, `${own}.bad`);
    const isOurs = place(`${own}.tmp`, file);
    flushFolder(dirname(file));
    return isOurs ? secret : readSecret(file);
  } finally {
    for (const ending of ['.tmp', '.bad']) rmSync(own + ending, { force: true });
  }
}

/** Null where there is no file, or another text than we write: a file that was cut off. */
function secretIn(file: string): string | null {
  try {
    const text = readFileSync(file, 'utf8').trim();
    return /^[\w-]{43}$/.test(text) ? text : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Moves a file without a secret away. Another program may have put a good one there meanwhile: that goes back. */
function setAside(file: string, aside: string): void {
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (secretIn(aside) !== null) place(aside, file);
}

/** Gives a whole file its name; false, and nothing changed, where another program was first. */
function place(whole: string, file: string): boolean {
  try {
    linkSync(whole, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    // A file system without links, such as exFAT; there two first starts in the same moment may differ.
    renameSync(whole, file);
  }
  return true;
}

function foreign(): Access {
  return { kind: 'refused', status: 403, reason: 'the request comes from another page' };
}

function tooMany(): Extract<Access, { kind: 'refused' }> {
  return { kind: 'refused', status: 429, reason: 'too many wrong tries; wait a minute' };
}

/** Compares in a time that does not depend on where the texts differ. */
function isEqual(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function readCookie(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name) return value;
  }
  return undefined;
}
