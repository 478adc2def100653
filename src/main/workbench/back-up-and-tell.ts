import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { Log, Tell } from '../log.ts';
import type { Store } from '../store/store.ts';

/**
 * Makes backups that never fail their caller: one that can't be made (a full disk) is no reason to stop, or not to
 * close. The person is told of a database that was found damaged, once until a backup succeeds.
 */
export function backUpAndTell(store: Store, log: Log, tell: Tell): () => Promise<void> {
  let isTold = false;
  return async () => {
    try {
      await store.backUp();
      isTold = false;
    } catch (error) {
      log.write('error', 'The database could not be backed up', error);
      if (isTold || !(error instanceof WorkbenchError && error.code === 'corrupt')) return;
      isTold = true;
      tell('error', error.message);
    }
  };
}
