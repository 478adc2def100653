import { availableParallelism } from 'node:os';
import type { Launcher } from '../hosts/host.ts';
import { processLauncher } from '../hosts/launch-process.ts';
import { trainerEnvironment, visibleGpus } from '../hosts/trainer-environment.ts';
import { trainerProgram } from '../hosts/trainer-program.ts';
import { askNvidia } from '../setup/gpu.ts';
import { LocalQueue } from './local-queue.ts';
import type { RunQueue } from './run-queue.ts';
import type { TrainerLimits } from './trainer-limits.ts';

/**
 * Looks at this machine and returns what opens its trainers: as many hosts as runs are handed in at once, over all of
 * its GPUs.
 */
export async function localTrainers(
  options: { launcher?: Launcher; limits?: Partial<TrainerLimits> } = {},
): Promise<() => RunQueue> {
  const { launcher = processLauncher(), limits = {} } = options;
  const nvidia = await askNvidia(process.env);
  const machine = { cores: availableParallelism(), gpus: visibleGpus(nvidia?.gpus.length ?? 0, process.env) };
  const environment = (seat: number, hosts: number) => trainerEnvironment(seat, { ...machine, hosts });
  return () => new LocalQueue({ launcher, program: trainerProgram(), environment, limits });
}
