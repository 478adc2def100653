// A process that searches, to be killed: opens the project, begins the small search and ends when it rests.
// Arguments: project folder, home.
import { openWorkbench } from '../../../src/main/workbench/workbench.ts';
import { smallConfig } from '../workbench/small-project.ts';
import { ScriptedQueue } from './scripted-queue.ts';

const [projectFolder, home] = process.argv.slice(2) as [string, string];
const queue = new ScriptedQueue({ steps: 12, checkpointSteps: 2, stepMs: () => 5 });
const workbench = await openWorkbench({ projectFolder, home, openQueue: () => queue, leastFreeBytes: 0 });
const { client } = workbench.connect();
let rested: () => void = () => undefined;
const rest = new Promise<void>((resolve) => {
  rested = resolve;
});
await client.subscribe(({ name, payload }) => {
  if (name === 'experiment.changed' && 'state' in payload && payload.state !== 'running') rested();
});
process.stdout.write('open\n');
await client.call('experiment.create', { config: smallConfig() });
await rest;
await workbench.close();
