import './environment.ts';
import { expect, it } from 'vitest';
import { SessionError } from '../../../src/main/tensor/session.ts';
import { allocateTooMuch } from '../hosts/memory-training.ts';

// With oneDNN TensorFlow waits 20 s for memory to come free before it gives up; what it says then is the same.
process.env.TF_ENABLE_ONEDNN_OPTS = '0';

it('tells memory that ran out from every other error, and works on after it', () => {
  for (let time = 0; time < 2; time++) {
    const error = failureOf(allocateTooMuch);
    expect(error).toBeInstanceOf(SessionError);
    expect(error).toMatchObject({ outOfMemory: true, message: expect.stringContaining('[16777216,16777216]') });
  }
  expect(new SessionError('Session fail to run with error: Incompatible shapes: [2] vs. [3]').outOfMemory).toBe(false);
});

function failureOf(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return null;
}
