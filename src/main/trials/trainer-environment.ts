import { tensorFlowEnvironment } from '../tensor/backend.ts';

/** What of the workbench's environment a host may see: no loader options, no tokens. */
const PASSED_ON = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'SystemRoot', 'CELLWRIGHT_HOME', 'CUDA_VISIBLE_DEVICES'];

/**
 * Environment of the host with this number. With several GPUs hosts go round them; hosts that share one take its
 * memory as they need it, not all at the start.
 */
export function trainerEnvironment(index: number, options: { cores: number; gpus: number }): Record<string, string> {
  const passed = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const gpu: Record<string, string> =
    options.gpus === 0
      ? {}
      : {
          TF_FORCE_GPU_ALLOW_GROWTH: 'true',
          TF_DETERMINISTIC_OPS: '1',
          ...(options.gpus > 1 ? { CUDA_VISIBLE_DEVICES: String(index % options.gpus) } : {}),
        };
  return { ...Object.fromEntries(passed), ...tensorFlowEnvironment(options.cores), ...gpu };
}
