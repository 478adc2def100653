// Opens the store of a folder, writes to it, and holds it until it is killed.
import { openStore } from '../../../src/main/store/store.ts';
import { smallConfig } from '../workbench/small-project.ts';

const store = openStore(
  process.argv[2]!,
  () => undefined,
  () => new Date(),
);
store.experiments.create(smallConfig(), new Date().toISOString());
process.send?.('held');
setInterval(() => undefined, 1000);
