import { readdirSync } from 'node:fs';
import { runProgram } from '../fetch/program.ts';

export interface NvidiaGpu {
  readonly name: string;
  readonly memoryBytes: number;
}

export interface NvidiaDriver {
  readonly version: string;
  /** The newest CUDA that the driver supports, such as "12.8"; null when it does not tell. */
  readonly cuda: string | null;
  readonly gpus: readonly NvidiaGpu[];
}

/** WSL keeps the program outside of the PATH that a plain shell has. */
const PROGRAMS = ['nvidia-smi', '/usr/lib/wsl/lib/nvidia-smi'];
const TIMEOUT_MS = 15_000;

/** The driver and its GPUs as nvidia-smi tells them; null when no NVIDIA GPU answers. */
export async function askNvidia(env: NodeJS.ProcessEnv): Promise<NvidiaDriver | null> {
  for (const program of PROGRAMS) {
    const args = ['--query-gpu=driver_version,memory.total,name', '--format=csv,noheader,nounits'];
    const result = await runProgram(program, args, { env, timeoutMs: TIMEOUT_MS }).catch(() => null);
    if (result?.code !== 0) continue;
    const rows = result.stdout.split('\n').map((line) => line.split(',').map((field) => field.trim()));
    const gpus = rows
      .filter((row) => row.length >= 3 && Number(row[1]) > 0)
      .map((row) => ({ name: row.slice(2).join(', '), memoryBytes: Number(row[1]) * 2 ** 20 }));
    if (gpus.length === 0) continue;
    const overview = await runProgram(program, [], { env, timeoutMs: TIMEOUT_MS }).catch(() => null);
    return { version: rows[0]?.[0] ?? '', cuda: overview?.stdout.match(/CUDA Version: *([\d.]+)/)?.[1] ?? null, gpus };
  }
  return null;
}

/**
 * A quick sign of which NVIDIA GPUs the kernel knows, without starting a program; it only has to change when a GPU
 * comes or goes.
 */
export function gpuSign(): string {
  const list = (folder: string, pattern: RegExp) => {
    try {
      return readdirSync(folder).filter((name) => pattern.test(name));
    } catch {
      // No such folder: no driver.
      return [];
    }
  };
  return [...list('/proc/driver/nvidia/gpus', /./), ...list('/dev', /^(nvidia\d+|dxg)$/)].sort().join(' ');
}
