// @ts-check
// Plain JavaScript for the Node that the machine already has (20 or newer), without any package.
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip } from 'node:zlib';

/**
 * The regular files of a tar archive, one after the other; `body` must be read before the next one is asked for. It is
 * compressed by brotli where its name ends so, else by gzip. Only what npm's archives use is understood: other kinds of
 * entries are passed over.
 * @param {string} archive
 * @param {AbortSignal | undefined} signal
 * @returns {AsyncGenerator<{ name: string, size: number, body: AsyncIterable<Buffer> }>}
 */
async function* tarEntries(archive, signal) {
  const source = createReadStream(archive, { signal });
  const stream = archive.endsWith('.br') ? createBrotliDecompress() : createGunzip();
  source.on('error', (error) => stream.destroy(error));
  const chunks = source.pipe(stream)[Symbol.asyncIterator]();
  /** @type {Buffer} */
  let held = Buffer.alloc(0);
  /** @param {number} wanted */
  const next = async (wanted) => {
    if (held.length === 0) {
      const step = await chunks.next();
      if (step.done) return null;
      held = step.value;
    }
    const part = held.subarray(0, wanted);
    held = held.subarray(part.length);
    return part;
  };
  /** @param {number} length */
  async function* take(length) {
    for (let left = length; left > 0; ) {
      const part = await next(left);
      if (part === null) throw new Error(`${path.basename(archive)} ends in the middle of an entry`);
      left -= part.length;
      yield part;
    }
  }
  /** @param {AsyncIterable<Buffer>} parts */
  const whole = async (parts) => {
    const list = [];
    for await (const part of parts) list.push(part);
    return Buffer.concat(list);
  };
  try {
    for (;;) {
      const header = await whole(take(512));
      if (header.every((byte) => byte === 0)) break;
      /** @param {number} from @param {number} to */
      const text = (from, to) => header.toString('utf8', from, to).replace(/\0.*$/s, '');
      const size = Number.parseInt(text(124, 136).trim(), 8);
      const padding = (512 - (size % 512)) % 512;
      const kind = text(156, 157);
      const prefix = text(345, 500);
      const name = prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`;
      const body = take(size);
      if (kind === '' || kind === '0') yield { name, size, body };
      await whole(body);
      await whole(take(padding));
    }
  } finally {
    // Also when no more entries are wanted.
    source.destroy();
    stream.destroy();
  }
}

/**
 * Unpacks some files of an npm archive, or of a tar archive inside of one. An abort rejects with an `AbortError` and may leave some of them, or a part.
 * @param {string} archive
 * @param {Readonly<Record<string, string>>} files entry in the archive → path below `folder`
 * @param {string} folder
 * @param {AbortSignal} [signal]
 */
export async function unpackFiles(archive, files, folder, signal) {
  const wanted = new Map(Object.entries(files));
  for await (const { name, body } of tarEntries(archive, signal)) {
    const target = wanted.get(name);
    if (target === undefined) continue;
    wanted.delete(name);
    const file = path.join(folder, target);
    await mkdir(path.dirname(file), { recursive: true });
    const out = await open(file, 'w');
    try {
      for await (const part of body) await out.writeFile(part);
      await out.sync();
    } finally {
      await out.close();
    }
    if (wanted.size === 0) return;
  }
  if (wanted.size > 0) throw new Error(`${path.basename(archive)} lacks ${[...wanted.keys()].join(', ')}`);
}

/**
 * Unpacks a single file that is compressed by brotli. An abort rejects with an `AbortError` and may leave a part.
 * @param {string} packed
 * @param {string} target
 * @param {AbortSignal} signal
 */
export async function unpackFile(packed, target, signal) {
  const out = createWriteStream(target, { flush: true });
  await pipeline(createReadStream(packed), createBrotliDecompress(), out, { signal });
}
