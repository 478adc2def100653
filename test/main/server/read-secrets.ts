// Reads the secrets of files, each in the same moment as a second thread that runs this.
import { parentPort, workerData } from 'node:worker_threads';
import { readSecret } from '../../../src/main/server/access.ts';

const { files, turns } = workerData as { files: string[]; turns: Int32Array };
const secrets = files.map((file, index) => {
  Atomics.add(turns, 0, 1);
  while (Atomics.load(turns, 0) < 2 * (index + 1));
  return readSecret(file);
});
parentPort?.postMessage(secrets);
