// Opens the store of a folder, writes to it, and holds it until it is killed. Nothing refers to the store any more when
// it says so, and what nothing refers to has been collected (run with --expose-gc).
import { openStore } from '../../../src/main/store/store.ts';
import { smallConfig } from '../workbench/small-project.ts';

function open(folder: string): void {
  const store = openStore(
    folder,
    () => undefined,
    () => new Date(),
  );
  store.experiments.create(smallConfig(), new Date().toISOString());
}

open(process.argv[2]!);
setInterval(() => undefined, 1000);
setTimeout(() => {
  globalThis.gc?.();
  setTimeout(() => process.send?.('held'));
});
