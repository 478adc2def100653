// A process of its own, to be killed: trains two runs, one of which is stuck in native code, and prints a line when
// both are under way.
import { Recorder, ScriptedRuns } from './scripted-runs.ts';

const runs = new ScriptedRuns();
const stuck = { kind: 'busy', step: 3, times: 1 } as const;
const recorders = [new Recorder(1), new Recorder(2)] as const;
void runs.train({ steps: 10_000, stepMs: 5, fault: stuck }, recorders[0]);
void runs.train({ steps: 10_000, stepMs: 5 }, recorders[1]);
const timer = setInterval(() => {
  if (!recorders.every(({ steps }) => steps.length > 0)) return;
  clearInterval(timer);
  // Time enough for the third step.
  setTimeout(() => console.log('under way'), 200);
}, 10);
