import { tensorFlowEnvironment } from '../tensor/backend.ts';

/** What of the workbench's environment a host may see: where things lie, and no loader options, no tokens. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'USERPROFILE',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SystemRoot',
  'CELLWRIGHT_HOME',
  // Containers and clusters mount NVIDIA's driver where only this variable finds it.
  'LD_LIBRARY_PATH',
];

export interface TrainerMachine {
  readonly cores: number;
  /** As CUDA_VISIBLE_DEVICES names them; none trains on the CPU. */
  readonly gpus: readonly string[];
}

/**
 * Environment of the host on this seat (0, 1, …) beside `hosts` in all. Hosts go round the GPUs, and share the cores.
 * They take a GPU's memory as they need it and not all at the start, since a successor may load beside its predecessor.
 */
export function trainerEnvironment(
  seat: number,
  { cores, gpus, hosts }: TrainerMachine & { readonly hosts: number },
): Record<string, string> {
  const passed = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const gpu = gpus[seat % gpus.length];
  const device: Record<string, string> =
    gpu === undefined
      ? { CUDA_VISIBLE_DEVICES: '-1' }
      : {
          // Counted as nvidia-smi counts, not fastest first.
          CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
          CUDA_VISIBLE_DEVICES: gpu,
          TF_FORCE_GPU_ALLOW_GROWTH: 'true',
          TF_DETERMINISTIC_OPS: '1',
        };
  const share = Math.max(1, Math.floor(cores / Math.max(1, hosts)));
  return { ...Object.fromEntries(passed), ...tensorFlowEnvironment(share), ...device };
}

/** GPUs that trainers may use: those that CUDA_VISIBLE_DEVICES names where it is set, else all `count` of them. */
export function visibleGpus(count: number, { CUDA_VISIBLE_DEVICES: chosen }: NodeJS.ProcessEnv): string[] {
  if (chosen === undefined || count === 0) return Array.from({ length: count }, (_, index) => String(index));
  const names = chosen.split(',').map((name) => name.trim());
  // CUDA itself stops at the first name that is none, such as -1.
  const end = names.findIndex((name) => name === '' || name.startsWith('-'));
  return end < 0 ? names : names.slice(0, end);
}
