import { expect, it } from 'vitest';
import { instructionsOf, processorInstructions } from '../../../src/main/training/processor.ts';

it('reads the instruction sets that kernels are chosen by, of the first processor, whatever their order', () => {
  const cpuinfo = [
    'processor\t: 0',
    'model name\t: AMD EPYC',
    'flags\t\t: fpu sse sse2 fma sse4_2 sse4_1 avx f16c avx2 avx512f avx512_bf16 amx_tile vaes',
    '',
    'processor\t: 1',
    'flags\t\t: fpu sse2',
  ].join('\n');
  expect(instructionsOf(cpuinfo)).toBe('amx_tile avx avx2 avx512_bf16 avx512f f16c fma sse4_1 sse4_2');
  expect(instructionsOf('processor\t: 0\nFeatures\t: fp asimd asimddp sve bf16\n')).toBe('asimd asimddp bf16 sve');
  expect(instructionsOf('processor\t: 0\n')).toBe('');
});

it('says something of this processor, and the same again', () => {
  expect(processorInstructions()).not.toBe('');
  expect(processorInstructions()).toBe(processorInstructions());
});
