import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The mark that Electron's documentation of fuses gives, the version of the wire, its length, and the fuses in order. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/** A file that holds a fuse wire as Electron's program does: `1` on, `0` off, `r` removed. */
export function writeFuseFile(file: string, wire: string): void {
  const bytes = [Buffer.alloc(100, 7), Buffer.from(SENTINEL), Buffer.from([1, wire.length]), Buffer.from(wire)];
  writeFileSync(file, Buffer.concat([...bytes, Buffer.alloc(100, 9)]), { mode: 0o755 });
}

/** A folder that looks like an unpacked Electron for Linux, as far as packaging looks at it. */
export function writeElectronFolder(folder: string, wire: string): void {
  mkdirSync(join(folder, 'resources'), { recursive: true });
  mkdirSync(join(folder, 'locales'));
  writeFuseFile(join(folder, 'electron'), wire);
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'version', 'locales/en-US.pak']) {
    writeFileSync(join(folder, name), '45.4.1');
  }
}
