import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { tensorFlowEnvironment } from '../../../src/main/tensor/backend.ts';

const backend = fileURLToPath(new URL('../../../src/main/tensor/backend.ts', import.meta.url));

/** Loads TensorFlow in a process of its own, under the given variables only. */
function load(environment: Record<string, string>): { output: string; errors: string } {
  const script = `import(${JSON.stringify(backend)}).then(({ binding }) => console.log('TensorFlow', binding().TF_Version))`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
    env: { PATH: process.env.PATH ?? '', ...environment },
    encoding: 'utf8',
  });
  return { output: stdout, errors: stderr };
}

describe('the native package', () => {
  it('loads under the fixed environment, without warnings of the runtime', () => {
    const { output, errors } = load(tensorFlowEnvironment(2));
    expect(output).toMatch(/^TensorFlow \d+\.\d+/m);
    expect(errors).not.toMatch(/deprecat/i);
  });

  it('is not loaded where the settings that fix a result are missing', () => {
    const { TF_NUM_INTRAOP_THREADS: _, ...incomplete } = tensorFlowEnvironment(2);
    const { output, errors } = load(incomplete);
    expect(output).toBe('');
    expect(errors).toContain('TF_NUM_INTRAOP_THREADS must be set before TensorFlow is loaded');
  });
});
