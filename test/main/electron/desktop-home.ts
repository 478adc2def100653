import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder, writeSmallDataset } from '../workbench/small-project.ts';

export interface DesktopHome {
  readonly folder: string;
  /** What the app finds it by. */
  readonly environment: Readonly<Record<string, string>>;
  /** Lets the trials that are in training, and all later ones, end. */
  finish(): void;
  remove(): void;
}

/** A home folder with a small data set, whose trials are trained by `scripted-training.ts` in real trainer hosts. */
export function desktopHome(): DesktopHome {
  const { folder, remove } = scratchFolder();
  writeSmallDataset(folder);
  // The bundle hands its own training to the host; this Node swaps it.
  const node = join(folder, 'node');
  const training = new URL('./scripted-training.ts', import.meta.url).href;
  writeFileSync(node, `#!/bin/sh\nexec '${process.execPath}' "$1" '${training}'\n`);
  chmodSync(node, 0o755);
  return {
    folder,
    environment: { CELLWRIGHT_HOME: folder, CELLWRIGHT_NODE: node },
    finish: () => writeFileSync(join(folder, 'finish'), ''),
    remove,
  };
}
