import '../tensor/environment.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALL_OPERANDS, operandsOf, spaceCase } from '../../../src/main/bench/space-cases.ts';
import { runTraining } from './run-training.ts';
import { spaceJob } from './space-job.ts';

/** The bench trains 500 in recycled hosts; these are the first that cover everything. */
const CASES = 40;

describe('the search space', () => {
  it('trains a step with a finite loss for every operation in both cells at both strides', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'space-'));
    const covered = new Set<string>();
    try {
      for (let index = 0; index < CASES; index++) {
        const one = spaceCase(index);
        const job = { ...spaceJob(one, folder), checkpointFolder: folder };
        const { result, progress } = await runTraining(job);
        expect(result, `case ${index}`).toMatchObject({ kind: 'finished', outcome: { kind: 'completed' } });
        expect(Number.isFinite(progress[0]!.loss)).toBe(true);
        for (const operand of operandsOf(one)) covered.add(operand);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    expect(ALL_OPERANDS.filter((operand) => !covered.has(operand))).toEqual([]);
  });
});
