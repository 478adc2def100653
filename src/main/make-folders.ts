import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and its parents, one by one: Node's own recursive way never returns below a file system that takes no
 * folders, such as /proc. Throws what `mkdir` throws, `EEXIST` for a file in its place included.
 */
export function makeFolders(folder: string): void {
  if (existsSync(folder)) return;
  makeFolders(dirname(folder));
  mkdirSync(folder);
}
