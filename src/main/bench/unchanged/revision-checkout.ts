import { execFileSync } from 'node:child_process';
import { realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { WorkbenchError } from '../../../shared/workbench-error.ts';
import { PROJECT_ROOT } from '../../setup/runtime.mjs';

export interface RevisionCheckout {
  readonly folder: string;
  /** Its full name. */
  readonly revision: string;
  remove(): void;
}

/**
 * Checks a revision of this repository out into a folder that must not be there, with this checkout's packages and home.
 * Throws `invalid_input` where there is no repository or no such revision.
 */
export function checkOutRevision(named: string, folder: string, home: string): RevisionCheckout {
  const revision = resolveRevision(named);
  git('worktree', 'add', '--detach', '--quiet', folder, revision);
  const remove = (): void => {
    git('worktree', 'remove', '--force', folder);
  };
  try {
    symlinkSync(realpathSync(join(PROJECT_ROOT, 'node_modules')), join(folder, 'node_modules'), 'dir');
    symlinkSync(realpathSync(home), join(folder, '.cellwright'), 'dir');
  } catch (error) {
    remove();
    throw error;
  }
  return { folder, revision, remove };
}

function resolveRevision(named: string): string {
  try {
    return git('rev-parse', '--verify', '--quiet', '--end-of-options', `${named}^{commit}`).trim();
  } catch (error) {
    const sentence = `There is no revision ${named} here: --before takes a commit of the repository that this is run in.`;
    throw new WorkbenchError('invalid_input', sentence, { cause: error });
  }
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: PROJECT_ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
