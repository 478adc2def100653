import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import type { Artifact } from '../../shared/records/artifact.ts';

/**
 * Types that a browser may show. Another one is sent as bytes: a page or a program among the artifacts would be one of
 * our own origin.
 */
const SHOWN: ReadonlySet<string> = new Set([
  'application/json',
  'image/jpeg',
  'image/png',
  'image/webp',
  'text/csv; charset=utf-8',
  'text/plain; charset=utf-8',
]);
const BYTES = 'application/octet-stream';

/** The parts of a request that decide what is sent; `null` is an absent header. */
export interface ByteRequest {
  readonly isHead: boolean;
  readonly range: string | null;
  readonly ifRange: string | null;
  readonly ifNoneMatch: string | null;
  /** Name to save the file under, or null to show it where it can be shown. */
  readonly download: string | null;
}

/** First and last byte, both sent. */
interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Answers with a file or a part of it (RFC 9110): 200, 206, 304 or 416. Contents never change, so its hash is its tag.
 * Owns the file from here on: it is closed when all is read, or nobody reads on.
 */
export async function byteResponse(artifact: Artifact, file: FileHandle, request: ByteRequest): Promise<Response> {
  const { hash, sizeBytes } = artifact;
  const tag = `"${hash}"`;
  const headers: Record<string, string> = {
    ETag: tag,
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'private, max-age=31536000, immutable',
  };
  const empty = async (status: number, more: Record<string, string> = {}): Promise<Response> => {
    await file.close();
    return new Response(null, { status, headers: { ...headers, ...more } });
  };
  if (isKnown(request.ifNoneMatch, tag)) return await empty(304);
  // A part of another version would be of no use: who has that gets all of this one.
  const wanted = request.ifRange === null || request.ifRange === tag ? request.range : null;
  const range = parseRange(wanted, sizeBytes);
  if (range === 'unsatisfiable') return await empty(416, { 'Content-Range': `bytes */${sizeBytes}` });
  const { first, last } = range ?? { first: 0, last: sizeBytes - 1 };
  const status = range ? 206 : 200;
  if (range) headers['Content-Range'] = `bytes ${first}-${last}/${sizeBytes}`;
  headers['Content-Type'] = SHOWN.has(artifact.mediaType) ? artifact.mediaType : BYTES;
  headers['Content-Length'] = String(last - first + 1);
  if (request.download !== null) headers['Content-Disposition'] = attachment(request.download);
  if (request.isHead || sizeBytes === 0) return await empty(status);
  const stream = Readable.toWeb(file.createReadStream({ start: first, end: last }));
  // Node's stream and the web's are the same thing under two names.
  return new Response(stream as WebStream as ReadableStream, { status, headers });
}

/** Whether the client has this version already (a weak tag is as good here). */
function isKnown(ifNoneMatch: string | null, tag: string): boolean {
  if (ifNoneMatch === null) return false;
  const tags = ifNoneMatch.split(',').map((each) => each.trim().replace(/^W\//, ''));
  return tags.includes(tag) || tags.includes('*');
}

/** Null where all is to be sent: no range, more than one, or none that can be read, as the standard has it. */
function parseRange(header: string | null, sizeBytes: number): ByteRange | 'unsatisfiable' | null {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return null;
  if (from === '') {
    const length = Math.min(Number(to), sizeBytes);
    return length === 0 ? 'unsatisfiable' : { first: sizeBytes - length, last: sizeBytes - 1 };
  }
  const first = Number(from);
  if (to !== '' && Number(to) < first) return null;
  if (first >= sizeBytes) return 'unsatisfiable';
  return { first, last: to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1) };
}

const LONGEST_NAME = 200;

/** A name that says nothing of folders, controls nothing and fits everywhere; the second form keeps its letters. */
function attachment(name: string): string {
  const plain = [
    ...name
      .toWellFormed()
      .normalize('NFC')
      .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\/:*?"<>|]/gu, '_'),
  ];
  const safe =
    plain
      .slice(0, LONGEST_NAME)
      .join('')
      .replace(/^[. ]+/, '') || 'artifact';
  const ascii = safe.replaceAll(/[^\w. ()-]/g, '_');
  const encoded = encodeURIComponent(safe).replaceAll(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
