import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

/**
 * What tells a file that was written or replaced from one that stands as it did: the time of change can't be set as the
 * time of modification can. Numbers as texts, since nanoseconds and inodes go beyond 2^53.
 */
const markSchema = z.strictObject({
  sizeBytes: z.string(),
  changedNs: z.string(),
  inode: z.string(),
  /** Of its bytes, when it was read. */
  sha256: z.string(),
});
export type FileMark = z.infer<typeof markSchema>;

const fileSchema = z.record(z.string(), markSchema);

/** Files of data sets that were read through and found whole, by path; kept in `verified-files.json` of the home folder. */
export class VerifiedFiles {
  private readonly home: string;

  constructor(home: string) {
    this.home = home;
  }

  has(place: string, mark: FileMark): boolean {
    return isDeepStrictEqual(this.read()[place], mark);
  }

  add(place: string, mark: FileMark): void {
    const unfinished = `${this.file}.${process.pid}.tmp`;
    try {
      writeFileSync(unfinished, JSON.stringify({ ...this.read(), [place]: mark }, null, 1));
      renameSync(unfinished, this.file);
    } catch {
      // A full or read-only disk: it only costs reading once more.
    }
  }

  private get file(): string {
    return path.join(this.home, 'verified-files.json');
  }

  private read(): Record<string, FileMark> {
    try {
      return fileSchema.parse(JSON.parse(readFileSync(this.file, 'utf8')));
    } catch {
      // Not there yet, or damaged: it only costs reading once more.
      return {};
    }
  }
}
