import { createHash, randomUUID } from 'node:crypto';
import { existsSync, lstatSync, renameSync, rmSync } from 'node:fs';
import { type FileHandle, open, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { artifactHashSchema } from '../../shared/records/artifact.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { flushFile, flushFolder } from '../flush-to-disk.ts';
import { makeFolders } from '../make-folders.ts';
import { explainWriteError } from '../write-whole-file.ts';

/** What a file is known by; `sizeBytes` tells most damage without reading it. */
export interface FileIdentity {
  readonly hash: string;
  readonly sizeBytes: number;
}

/** Bytes that are not yet known to be whole lie here. */
const INCOMING = 'incoming';
const CHUNK_BYTES = 1024 * 1024;

/** The files of a project's artifacts, `artifacts/<first two digits>/<hash>`. Which of them are kept, the store knows. */
export class ArtifactFiles {
  private readonly folder: string;
  /** What a file whose hash was verified looked like then: a later opening need not read all of it again. */
  private readonly verified = new Map<string, string>();

  constructor(projectFolder: string) {
    this.folder = join(projectFolder, 'artifacts');
  }

  /** Throws for what is no hash: no other text may become a part of a path. */
  pathOf(hash: string): string {
    if (!artifactHashSchema.safeParse(hash).success) throw new TypeError(`${JSON.stringify(hash)} is no hash.`);
    return join(this.folder, hash.slice(0, 2), hash);
  }

  /**
   * Takes over a whole file that lies on the same disk, such as one that a trainer wrote: it is moved. `note` is called
   * in the turn in which it gets its name. Throws `corrupt` where it is not what it is said to be, and leaves it where
   * it was; `not_found`, `disk_full`, `read_only`.
   */
  async adopt<T>(file: string, identity: FileIdentity, note: (identity: FileIdentity) => T): Promise<T> {
    const { hash, sizeBytes } = identity;
    const found = await identify(file);
    if (found.hash !== hash || found.sizeBytes !== sizeBytes) {
      const is = `${found.sizeBytes} bytes with the hash ${found.hash}, not ${sizeBytes} with ${hash}`;
      throw new WorkbenchError('corrupt', `The file ${file} is another than was told (${is}): it is not kept.`);
    }
    try {
      flushFile(file);
      this.place(file, hash);
    } catch (error) {
      throw explainWriteError(error, this.folder);
    }
    return note(identity);
  }

  /**
   * Writes a stream to the disk and names it by its hash, once it is whole; `note` is called in that turn. Nothing stays
   * of a stream that breaks off (`cancelled`), is too long (`invalid_input`), or does not fit on the disk (`disk_full`).
   */
  async receive<T>(
    stream: AsyncIterable<Uint8Array>,
    limitBytes: number,
    note: (identity: FileIdentity) => T,
  ): Promise<T> {
    const folder = join(this.folder, INCOMING);
    const file = join(folder, randomUUID());
    try {
      makeFolders(folder);
      const identity = await writeStream(file, stream, limitBytes);
      this.place(file, identity.hash);
      return note(identity);
    } catch (error) {
      rmSync(file, { force: true });
      throw explainWriteError(error, folder);
    }
  }

  /**
   * Opens a file whose contents are what its name says; the caller closes it. The hash is computed once, and again when
   * size, inode or change time are others. Throws `not_found` and `corrupt`.
   */
  async open({ hash, sizeBytes }: FileIdentity): Promise<FileHandle> {
    const handle = await openExisting(this.pathOf(hash), `kept file ${hash}`);
    try {
      const { size, ino, ctimeNs } = await handle.stat({ bigint: true });
      const looks = `${size} ${ino} ${ctimeNs}`;
      if (this.verified.get(hash) === looks) return handle;
      if (Number(size) !== sizeBytes || (await hashOf(handle)) !== hash) {
        throw new WorkbenchError('corrupt', `The kept file ${hash} is damaged: delete it and make it anew.`);
      }
      this.verified.set(hash, looks);
      return handle;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** In one turn, so that the caller can delete the row in the same one. */
  remove(hash: string): void {
    this.verified.delete(hash);
    rmSync(this.pathOf(hash), { force: true });
  }

  /** Of all files, those that no row knows included. */
  async totalBytes(): Promise<number> {
    let total = 0;
    for (const { path } of await this.files()) total += (await stat(path)).size;
    return total;
  }

  /** Deletes every file that is not known, unfinished ones included; for the opening of a project, before any upload. */
  async sweep(known: ReadonlySet<string>): Promise<{ files: number; bytes: number }> {
    const swept = { files: 0, bytes: 0 };
    for (const { path, folder, name } of await this.files()) {
      if (known.has(name) && path === this.pathOf(name)) continue;
      swept.bytes += lstatSync(path).size;
      swept.files++;
      await rm(path);
      if ((await readdir(folder)).length === 0) await rmdir(folder);
    }
    return swept;
  }

  /** Gives a whole file its name, durably, in one turn. Equal contents that are there already stay. */
  private place(file: string, hash: string): void {
    const target = this.pathOf(hash);
    const folder = dirname(target);
    makeFolders(folder);
    // Over the one that is there: that one may be damaged, and this one was just hashed.
    renameSync(file, target);
    this.verified.delete(hash);
    flushFolder(folder);
    flushFolder(this.folder);
  }

  private async files(): Promise<{ path: string; folder: string; name: string }[]> {
    if (!existsSync(this.folder)) return [];
    const entries = await readdir(this.folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map(({ parentPath: folder, name }) => ({ path: join(folder, name), folder, name }));
  }
}

/** `what` is how people know the file: clients are told no paths. */
async function openExisting(path: string, what: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new WorkbenchError('not_found', `There is no ${what} on the disk.`, { cause: error });
  }
}

/** Size and hash of a regular file; a link could be swapped for something else after it was read. */
async function identify(file: string): Promise<FileIdentity> {
  const handle = await openExisting(file, `file ${file}`);
  try {
    if (!lstatSync(file).isFile()) throw new WorkbenchError('invalid_input', `${file} is no regular file.`);
    const { size } = await handle.stat();
    return { hash: await hashOf(handle), sizeBytes: size };
  } finally {
    await handle.close();
  }
}

async function hashOf(handle: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let at = 0; ; ) {
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, at);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(chunk.subarray(0, bytesRead));
    at += bytesRead;
  }
}

async function writeStream(file: string, stream: AsyncIterable<Uint8Array>, limitBytes: number): Promise<FileIdentity> {
  const handle = await open(file, 'wx', 0o600);
  try {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for await (const chunk of toldIfBroken(stream)) {
      sizeBytes += chunk.length;
      if (sizeBytes > limitBytes) throw tooLarge(limitBytes);
      hash.update(chunk);
      for (let at = 0; at < chunk.length; ) at += (await handle.write(chunk, at)).bytesWritten;
    }
    await handle.sync();
    return { hash: hash.digest('hex'), sizeBytes };
  } finally {
    await handle.close();
  }
}

/** A sender that hangs up is no fault of ours. */
async function* toldIfBroken(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    throw new WorkbenchError('cancelled', 'The upload broke off before its end: send it again.', { cause: error });
  }
}

/** A sentence for what is over the limit. */
export function tooLarge(limitBytes: number): WorkbenchError {
  const limit = (limitBytes / 2 ** 20).toLocaleString('en', { maximumFractionDigits: 1 });
  return new WorkbenchError('invalid_input', `The file has more than ${limit} MiB, the most that is taken: send less.`);
}
