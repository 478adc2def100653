// Opens the store of a folder with a damaged database, and dies at the n-th time that a file should get another name.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [folder, dyingAt] = [process.argv[2]!, Number(process.argv[3])];
const rename = fs.renameSync;
let renames = 0;
fs.renameSync = (from, to) => {
  if (++renames === dyingAt) process.kill(process.pid, 'SIGKILL');
  rename(from, to);
};
syncBuiltinESMExports();
const { openStore } = await import('../../../src/main/store/store.ts');
openStore(
  folder,
  () => undefined,
  () => new Date(),
);
