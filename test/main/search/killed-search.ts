// A process that searches, to be killed: opens the project, begins the small search and ends when it rests.
// Arguments: project folder, home, and `repeats` to ask for two of the first trial that completes, or `memory` to have
// trials run out of it as `shortOfMemory` says.
import { openWorkbench } from '../../../src/main/workbench/workbench.ts';
import { LARGE_BATCH, smallConfig } from '../workbench/small-project.ts';
import { ScriptedQueue, shortOfMemory } from './scripted-queue.ts';

const [projectFolder, home, wish] = process.argv.slice(2) as [string, string, string?];
const isShort = wish === 'memory';
const queue = new ScriptedQueue({
  steps: 12,
  checkpointSteps: 2,
  stepMs: () => 5,
  ...(isShort ? { outcome: shortOfMemory } : {}),
});
const workbench = await openWorkbench({
  projectFolder,
  home,
  openQueue: () => queue,
  freeBytes: () => Number.MAX_SAFE_INTEGER,
});
const { client } = workbench.connect();
let onRest: () => void = () => undefined;
const rest = new Promise<void>((resolve) => {
  onRest = resolve;
});
let isAsked = wish !== 'repeats';
await client.subscribe(({ name, payload }) => {
  if (
    !isAsked &&
    name === 'trial.changed' &&
    'trial' in payload &&
    'state' in payload &&
    payload.state === 'completed'
  ) {
    isAsked = true;
    void client.call('trial.repeat', { experiment: 1, trial: payload.trial, times: 2 });
  }
  if (name === 'experiment.changed' && 'state' in payload && payload.state !== 'running') onRest();
});
process.stdout.write('open\n');
await client.call('experiment.create', { config: isShort ? LARGE_BATCH : smallConfig() });
await rest;
const [rested] = await client.call('experiment.list', {});
process.stdout.write(`rests: ${rested?.state}, ${rested?.message}\n`);
await workbench.close();
