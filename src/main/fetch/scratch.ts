import { mkdirSync, mkdtempSync } from 'node:fs';
import path from 'node:path';

/** A new empty folder for work in progress, named after this process so that it is swept when the process is gone. */
export function makeScratch(home: string, purpose: string): string {
  const parent = path.join(home, 'scratch');
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(path.join(parent, `${process.pid}-${purpose}-`));
}
