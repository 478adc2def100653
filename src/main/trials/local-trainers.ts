import { availableParallelism } from 'node:os';
import type { Tell } from '../log.ts';
import type { TrialQueue } from '../search/trial-queue.ts';
import { askNvidia } from '../setup/gpu.ts';
import { processLauncher } from './launch-process.ts';
import { trainerEnvironment, visibleGpus } from './trainer-environment.ts';
import type { Launcher } from './trainer-host.ts';
import { type TrainerLimits, TrainerPool } from './trainer-pool.ts';

/** The module that trains; a host imports it, this process does not. */
export const TRAINING_MODULE = new URL('../training/train-child.ts', import.meta.url).href;

/**
 * Looks at this machine and returns what opens its trainers: as many hosts as trials are handed in at once, over all
 * of its GPUs.
 */
export async function localTrainers(
  options: { launcher?: Launcher; limits?: Partial<TrainerLimits> } = {},
): Promise<(tell: Tell) => TrialQueue> {
  const { launcher = processLauncher(), limits = {} } = options;
  const nvidia = await askNvidia(process.env);
  const machine = { cores: availableParallelism(), gpus: visibleGpus(nvidia?.gpus.length ?? 0, process.env) };
  const environment = (seat: number, hosts: number) => trainerEnvironment(seat, { ...machine, hosts });
  return (tell) => new TrainerPool({ launcher, environment, trainingModule: TRAINING_MODULE, tell, limits });
}
