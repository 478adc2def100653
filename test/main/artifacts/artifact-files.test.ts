import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openArtifacts, sha256, streamOf } from './artifact-setting.ts';

const LIMIT = 1000;
const TEXT = 'weights of a child';
const HASH = sha256(TEXT);
const IDENTITY = { hash: HASH, sizeBytes: TEXT.length };

describe('a kept file', () => {
  it('lies under its hash, with a row that was written after it', async () => {
    const { artifacts, rows, files, list } = openArtifacts();
    const artifact = await artifacts.receive(streamOf('weights ', '', 'of a child'), LIMIT);
    expect(artifact).toEqual({
      hash: HASH,
      kind: 'upload',
      mediaType: 'application/octet-stream',
      sizeBytes: TEXT.length,
      createdAt: '2030-01-02T03:04:05.678Z',
    });
    expect(rows.get(HASH)).toEqual(artifact);
    expect(list()).toEqual([HASH]);
    expect(readFileSync(files.pathOf(HASH), 'utf8')).toBe(TEXT);
    expect(await files.totalBytes()).toBe(TEXT.length);
    expect(statSync(files.pathOf(HASH)).mode & 0o077).toBe(0);
  });

  it('is one when its contents come twice, and whole again when the one that was there is damaged', async () => {
    const { artifacts, rows, files, list } = openArtifacts();
    const first = await artifacts.receive(streamOf(TEXT), LIMIT);
    writeFileSync(files.pathOf(HASH), 'damaged');
    expect(await artifacts.receive(streamOf(TEXT), LIMIT)).toEqual(first);
    expect(list()).toEqual([HASH]);
    expect(readFileSync(files.pathOf(HASH), 'utf8')).toBe(TEXT);
    expect(rows.totalBytes()).toBe(TEXT.length);
  });

  it('leaves nothing of a stream that breaks off, is too long, or comes while another is kept', async () => {
    const { artifacts, rows, list } = openArtifacts();
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* streamOf('half');
      throw new Error('hung up');
    }
    await expect(artifacts.receive(broken(), LIMIT)).rejects.toMatchObject({ code: 'cancelled' });
    const long = artifacts.receive(streamOf(Buffer.alloc(LIMIT), 'x'), LIMIT);
    await expect(long).rejects.toMatchObject({ code: 'invalid_input' });
    expect(list()).toEqual([]);
    await artifacts.receive(streamOf(Buffer.alloc(LIMIT)), LIMIT);
    await expect(artifacts.receive(broken(), LIMIT)).rejects.toMatchObject({ code: 'cancelled' });
    expect(list()).toEqual([sha256(Buffer.alloc(LIMIT))]);
    expect(rows.hashes().size).toBe(1);
  });

  it('is moved from where a trainer wrote it, if it is what was told', async () => {
    const { artifacts, rows, folder, files, list } = openArtifacts();
    const file = join(folder, 'weights-00001.safetensors');
    writeFileSync(file, TEXT);
    for (const wrong of [
      { ...IDENTITY, hash: sha256('other') },
      { ...IDENTITY, sizeBytes: 1 },
    ]) {
      await expect(artifacts.adopt('weights', file, wrong)).rejects.toMatchObject({ code: 'corrupt' });
    }
    expect([existsSync(file), list(), rows.hashes().size]).toEqual([true, [], 0]);
    expect(await artifacts.adopt('weights', file, IDENTITY)).toMatchObject({ kind: 'weights', hash: HASH });
    expect([existsSync(file), readFileSync(files.pathOf(HASH), 'utf8')]).toEqual([false, TEXT]);
    await expect(artifacts.adopt('weights', file, IDENTITY)).rejects.toMatchObject({ code: 'not_found' });
    symlinkSync(files.pathOf(HASH), file);
    await expect(artifacts.adopt('weights', file, IDENTITY)).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('is opened only while it is what its name says', async () => {
    const { artifacts, files } = openArtifacts();
    await artifacts.receive(streamOf(TEXT), LIMIT);
    const path = files.pathOf(HASH);
    const read = async (): Promise<string> => {
      const { file } = (await artifacts.open(HASH))!;
      const text = await file.readFile('utf8');
      await file.close();
      return text;
    };
    expect([await read(), await read()]).toEqual([TEXT, TEXT]);
    // The same size, and the time that the file had before. Change times have the grain of the kernel's clock.
    await setTimeout(20);
    const { atime, mtime } = statSync(path);
    writeFileSync(path, TEXT.replace('child', 'thief'));
    utimesSync(path, atime, mtime);
    await expect(read()).rejects.toMatchObject({ code: 'corrupt', message: expect.not.stringContaining(path) });
    writeFileSync(path, TEXT);
    expect(await read()).toBe(TEXT);
    expect(await artifacts.open(sha256('none'))).toBeNull();
    files.remove(HASH);
    await expect(read()).rejects.toMatchObject({ code: 'not_found' });
  });

  it('goes with its row, and not while something refers to it', async () => {
    const { artifacts, database, list } = openArtifacts();
    database.exec('CREATE TABLE runs (run INTEGER PRIMARY KEY, weights TEXT REFERENCES artifacts)');
    await artifacts.receive(streamOf(TEXT), LIMIT);
    database.prepare('INSERT INTO runs (weights) VALUES (?)').run(HASH);
    expect(() => artifacts.remove(HASH)).toThrow(expect.objectContaining({ code: 'conflict' }));
    expect(list()).toEqual([HASH]);
    database.exec('DELETE FROM runs');
    expect([artifacts.remove(HASH), artifacts.remove(HASH)]).toEqual([true, false]);
    expect(list()).toEqual([]);
  });

  it('stays when what no row knows is swept, and what was swept is told', async () => {
    const { artifacts, folder, list, files } = openArtifacts();
    await artifacts.receive(streamOf(TEXT), LIMIT);
    const orphan = files.pathOf(sha256('orphan'));
    mkdirSync(join(orphan, '..'), { recursive: true });
    writeFileSync(orphan, '1234');
    writeFileSync(join(folder, 'artifacts', 'incoming', 'half'), '12');
    // A known name in a folder that is not its own.
    mkdirSync(join(folder, 'artifacts', 'zz'));
    writeFileSync(join(folder, 'artifacts', 'zz', HASH), '123');
    expect(await artifacts.sweep()).toEqual({ files: 3, bytes: 9 });
    expect(list()).toEqual([HASH]);
    expect(existsSync(join(folder, 'artifacts', 'zz'))).toBe(false);
    expect(await artifacts.sweep()).toEqual({ files: 0, bytes: 0 });
  });

  it('has no path but that of a hash', () => {
    const { files } = openArtifacts();
    for (const name of ['', '..', HASH.toUpperCase(), `${HASH}/..`, `${HASH}0`, `../${HASH.slice(3)}`, `${HASH}\n`]) {
      expect(() => files.pathOf(name), name).toThrow(TypeError);
    }
  });
});

describe('the table of artifacts', () => {
  it('lists by kind, the oldest first, and counts bytes', () => {
    const { rows } = openArtifacts();
    const row = (text: string, kind: 'weights' | 'upload', createdAt: string) =>
      rows.add({ hash: sha256(text), kind, mediaType: 'x/y', sizeBytes: text.length, createdAt });
    expect([rows.totalBytes(), rows.list('weights')]).toEqual([0, []]);
    const later = row('bb', 'weights', '2030-01-02');
    const earlier = row('a', 'weights', '2030-01-01');
    const upload = row('ccc', 'upload', '2030-01-01');
    expect(rows.list('weights')).toEqual([earlier, later]);
    expect(rows.list('upload')).toEqual([upload]);
    expect(rows.hashes()).toEqual(new Set([earlier.hash, later.hash, upload.hash]));
    expect(rows.totalBytes()).toBe(6);
  });

  it('takes nothing but hashes, and parses what comes out of it', () => {
    const { rows, database } = openArtifacts();
    const row = { hash: HASH.toUpperCase(), kind: 'upload', mediaType: 'x/y', sizeBytes: 1, createdAt: '' } as const;
    expect(() => rows.add(row)).toThrow();
    const insert = (hash: string, kind: string) =>
      database.prepare('INSERT INTO artifacts VALUES (?, ?, ?, ?, ?)').run(hash, kind, 'x/y', 1, '');
    expect(() => insert(HASH.toUpperCase(), 'upload')).toThrow(/CHECK/);
    insert(HASH, 'another kind');
    expect(() => rows.get(HASH)).toThrow(/kind/);
  });
});
