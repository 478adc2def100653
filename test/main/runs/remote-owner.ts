// A process of its own, to be killed: the owner of a project whose runs a queue in another process carries out. It says
// how many runs went on from before it, a line for each 20 steps, and when all have ended.
// Arguments: the project's folder, the queue's socket, how many runs, what they do.
import { RemoteQueue, startQueueProcess } from '../../../src/main/runs/remote-queue.ts';
import { Recorder, ScriptedRuns } from './scripted-runs.ts';

const [folder = '', path = '', count = '', script = ''] = process.argv.slice(2);
const start = (): void => startQueueProcess(path, new URL('./simulated-trainers.ts', import.meta.url).href);
const runs = new ScriptedRuns({ folder, queue: new RemoteQueue({ path, start }), backoffMs: 1 });
await runs.keeper.attach();
console.log(`goes on with ${runs.keeper.leftBehind().length}`);

while (!exists(Number(count))) addNext();
let steps = 0;
await Promise.all(
  runs.store.runs.unfinishedFor('asked').map(async (run) => {
    const owner = new Recorder(run);
    owner.onProgress = () => {
      if (++steps % 20 === 0) console.log(`${steps} steps`);
    };
    await runs.carryOut(run, owner, JSON.parse(script));
  }),
);
console.log('all have ended');
await runs.close();

function exists(run: number): boolean {
  try {
    return runs.store.runs.get(run).id === run;
  } catch {
    return false;
  }
}

/** Ids count from 1, so that where one was killed in the middle of this the next one goes on. */
function addNext(): void {
  let next = 1;
  while (exists(next)) next++;
  runs.add({ seed: next });
}
