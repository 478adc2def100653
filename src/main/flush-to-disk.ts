import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Returns when a file's bytes are on the disk. Windows flushes only what is open for writing. */
export function flushFile(file: string): void {
  flush(file, 'r+');
}

/** Makes what was made, renamed or removed in a folder durable. Windows can't open folders and needs none of it. */
export function flushFolder(folder: string): void {
  if (process.platform !== 'win32') flush(folder, 'r');
}

function flush(path: string, flags: string): void {
  const handle = openSync(path, flags);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
