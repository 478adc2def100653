// A search in a process of its own, to be killed: opens the project, goes on with what was interrupted or begins the
// experiment of the config file, and ends when it rests. Arguments: project folder, home, config file.
import { readFileSync } from 'node:fs';
import { experimentConfigSchema } from '../../shared/records/experiment.ts';
import { localTrainers } from '../runs/local-trainers.ts';
import { openWorkbench } from '../workbench/workbench.ts';

/** What the process tells whoever may kill it. */
export type ChaosMessage =
  | { readonly kind: 'open' }
  | { readonly kind: 'step'; readonly trial: number; readonly step: number }
  | { readonly kind: 'rests'; readonly state: string; readonly message: string | null };

const [projectFolder = '', home = '', configFile = ''] = process.argv.slice(2);
const tell = (message: ChaosMessage): void => {
  process.send?.(message);
};
// Whoever watches is gone: nobody would read the result.
process.on('disconnect', () => process.exit(1));

// Equality to the bit is promised on the CPU.
process.env.CUDA_VISIBLE_DEVICES = '-1';
const workbench = await openWorkbench({ projectFolder, home, openQueue: await localTrainers() });
const { client } = workbench.connect();
const rests = new Promise<void>((resolve) => {
  void client.subscribe(({ name, payload }) => {
    if (name === 'trial.progressed' && 'step' in payload)
      tell({ kind: 'step', trial: payload.trial, step: payload.step });
    if (name === 'experiment.changed' && 'state' in payload && payload.state !== 'running') resolve();
  });
});
tell({ kind: 'open' });
const [begun] = await client.call('experiment.list', {});
if (!begun) {
  const config = experimentConfigSchema.parse(JSON.parse(readFileSync(configFile, 'utf8')));
  await client.call('experiment.create', { config });
} else if (workbench.interrupted.includes(begun.id)) {
  await client.call('experiment.resume', { experiment: begun.id });
}
if (!begun || workbench.interrupted.includes(begun.id)) await rests;
const [rested] = await client.call('experiment.list', {});
await workbench.close();
tell({ kind: 'rests', state: rested?.state ?? 'missing', message: rested?.message ?? null });
process.exitCode = 0;
process.removeAllListeners('disconnect');
process.disconnect();
