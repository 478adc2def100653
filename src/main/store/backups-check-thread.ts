import { parentPort, workerData } from 'node:worker_threads';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { refuseUnfit } from './database.ts';

/**
 * The entry of the thread that looks at one copy of a database: reading all of it would hold the main thread up. Answers
 * what is wrong with the file, or null.
 */
parentPort?.postMessage(problemIn(workerData as string));

function problemIn(file: string): string | null {
  try {
    refuseUnfit(file);
    return null;
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'corrupt') return error.message;
    throw error;
  }
}
