import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** What oneDNN and Eigen choose their kernels by, on x86 and on ARM. */
const CHOSEN_BY = /^(sse4|avx|fma|f16c|amx|asimd|sve|sme|bf16|i8mm)/;

let known: string | undefined;

/**
 * The processor's vector instruction sets, such as `avx avx2 f16c fma sse4_1 sse4_2`: kernels for others sum in another
 * order. Where the system doesn't list them (macOS, Windows), the processor's model.
 */
export function processorInstructions(): string {
  known ??= readInstructions();
  return known;
}

function readInstructions(): string {
  const listed = process.platform === 'linux' ? instructionsOf(readFileSync('/proc/cpuinfo', 'utf8')) : '';
  return listed || (cpus()[0]?.model ?? '');
}

/** The sets in the text of Linux's /proc/cpuinfo, of its first processor, in alphabetical order. */
export function instructionsOf(cpuinfo: string): string {
  const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo)?.[1] ?? '';
  return flags
    .split(/\s+/)
    .filter((flag) => CHOSEN_BY.test(flag))
    .sort()
    .join(' ');
}
