import { rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkSpace, diskSpace } from '../../../src/main/setup/disk.ts';
import { temporaryFolder } from './setting.ts';

describe('checkSpace', () => {
  it('refuses what does not fit on a real disk, with both numbers and the remedy', () => {
    const folder = temporaryFolder();
    const { freeBytes } = diskSpace(folder);
    checkSpace([{ folder, bytes: 1 }]);
    expect(() => checkSpace([{ folder, bytes: 2 * freeBytes }])).toThrow(
      expect.objectContaining({
        code: 'disk_full',
        message: expect.stringMatching(/needs .*GB.* are free: .*CELLWRIGHT_HOME/),
      }),
    );
  });

  it('adds up what goes to the same disk, also below folders that are not there yet', () => {
    const folder = temporaryFolder();
    const deep = path.join(folder, 'not', 'there', 'yet');
    const free = () => 100;
    checkSpace(
      [
        { folder, bytes: 60 },
        { folder: deep, bytes: 40 },
      ],
      free,
    );
    expect(() =>
      checkSpace(
        [
          { folder, bytes: 60 },
          { folder: deep, bytes: 41 },
        ],
        free,
      ),
    ).toThrow('disk');
    rmSync(folder, { recursive: true });
  });
});
