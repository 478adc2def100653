// A process of its own, to be killed: trains two trials, one of which is stuck in native code, and prints a line when
// both are under way.
import { openPool, Recorder, scriptedTask } from './scripted-trials.ts';

const { pool } = openPool();
const stuck = { kind: 'busy', step: 3, times: 1 } as const;
const recorders = [new Recorder(), new Recorder()];
void pool.train(scriptedTask(1, { steps: 10_000, stepMs: 5, fault: stuck }), recorders[0]!);
void pool.train(scriptedTask(2, { steps: 10_000, stepMs: 5 }), recorders[1]!);
const timer = setInterval(() => {
  if (!recorders.every(({ steps }) => steps.length > 0)) return;
  clearInterval(timer);
  // Time enough for the third step.
  setTimeout(() => console.log('under way'), 200);
}, 10);
