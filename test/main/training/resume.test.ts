import '../tensor/environment.ts';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCheckpoint, writeCheckpoint } from '../../../src/main/training/checkpoint.ts';
import { processorInstructions } from '../../../src/main/training/processor.ts';
import type { TrainJob } from '../../../src/main/training/train-job.ts';
import { randomUint32 } from '../../../src/shared/random.ts';
import { runTraining, timeless } from './run-training.ts';
import { makeToyFolder, toyJob } from './toy-job.ts';
import { trainElsewhere } from './train-elsewhere.ts';

/** Steps of the toy training; an epoch has six. */
const STEPS = 18;

let folder: string;
let dataset: string;
beforeAll(() => {
  ({ folder, dataset } = makeToyFolder());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function checkpointFolder(name: string): string {
  const made = path.join(folder, name);
  mkdirSync(made);
  return made;
}

describe('an interrupted training', () => {
  it('ends as an undisturbed one, bit for bit, when it is suspended again and again and goes on in new processes', async () => {
    const golden = await runTraining(toyJob(dataset));
    const job = toyJob(dataset, { checkpointFolder: checkpointFolder('chain') });
    let resumeFrom: TrainJob['resumeFrom'] = null;
    // The first step, within an epoch, at an epoch's end, one after it, before the last step.
    for (const step of [1, 4, 6, 7, 17]) {
      const { result, checkpoint } = await trainElsewhere({ ...job, resumeFrom }, step);
      expect(result).toEqual({ kind: 'suspended', step });
      resumeFrom = { file: checkpoint!, step };
    }
    const { result } = await trainElsewhere({ ...job, resumeFrom }, 0);
    expect(result).toEqual(timeless(golden.result));
  });

  it('ends alike from every checkpoint that it made', async () => {
    const job = toyJob(dataset, { checkpointFolder: checkpointFolder('every'), checkpointEverySteps: 1 });
    const golden = await runTraining(job);
    expect(golden.checkpoints.map(({ step }) => step)).toEqual(Array.from({ length: STEPS - 1 }, (_, at) => at + 1));
    for (const at of [0, 1, 2].map((draw) => randomUint32(4, draw) % (STEPS - 1))) {
      const { file, step } = golden.checkpoints[at]!;
      expect(existsSync(file)).toBe(true);
      const resumed = await runTraining({ ...job, resumeFrom: { file, step } });
      expect(timeless(resumed.result), `from step ${step}`).toEqual(timeless(golden.result));
      expect(resumed.progress[0]!.step).toBe(step + 1);
    }
  });

  it('is saved before its evaluation when that is interrupted, and evaluates when it goes on', async () => {
    const job = toyJob(dataset, { checkpointFolder: checkpointFolder('evaluation') });
    const golden = await runTraining(job);
    let last = 0;
    // After the sixth step of the epoch the next one to ask is the evaluation.
    const stopped = await runTraining(job, {
      onProgress: ({ step }) => {
        last = step;
      },
      shouldStop: () => (last === 6 ? 'suspend' : null),
    });
    expect(stopped.result).toMatchObject({ kind: 'suspended', step: 6 });
    expect(stopped.epochs).toHaveLength(0);
    const resumed = await runTraining({ ...job, resumeFrom: stopped.checkpoints.at(-1)! });
    expect(timeless(resumed.result)).toEqual(timeless(golden.result));
  });

  it('goes on with streamed images where it began with resident ones', async () => {
    const job = toyJob(dataset, { checkpointFolder: checkpointFolder('streamed'), checkpointEverySteps: 5 });
    const golden = await runTraining(job);
    const resumed = await runTraining({ ...job, residentBytes: 0, resumeFrom: golden.checkpoints[1]! });
    expect(timeless(resumed.result)).toEqual(timeless(golden.result));
  });

  it('goes on on another processor, or from a checkpoint that does not name its processor, and says so', async () => {
    const job = toyJob(dataset, { checkpointFolder: checkpointFolder('processor'), checkpointEverySteps: 5 });
    const golden = await runTraining(job);
    expect(golden.result).toMatchObject({ exact: true });
    const stored = readCheckpoint(golden.checkpoints[1]!.file);
    expect(stored.environment.instructions).toBe(processorInstructions());
    const { instructions: _, ...before } = stored.environment;
    for (const environment of [before, { ...before, instructions: 'avx2 avx512f' }]) {
      const resumeFrom = writeCheckpoint(checkpointFolder(`processor-${Object.keys(environment).length}`), {
        ...stored,
        environment,
      });
      const resumed = await runTraining({ ...job, resumeFrom });
      expect(resumed.result).toMatchObject({ outcome: { kind: 'completed' }, exact: false });
    }
    const same = await runTraining({ ...job, resumeFrom: golden.checkpoints[1]! });
    expect(same.result).toMatchObject({ exact: true });
  });

  it('counts the time of its earlier attempts against its limit', async () => {
    const job = toyJob(dataset, { checkpointFolder: checkpointFolder('time'), checkpointEverySteps: 5 });
    let now = 0;
    const clock = () => (now += 100);
    const { checkpoints } = await runTraining(job, { clock });
    const limited = { ...job, limits: { timeLimitMs: 500 } };
    const late = await runTraining({ ...limited, resumeFrom: checkpoints.at(-1)! }, { clock });
    expect(late.result).toMatchObject({ outcome: { kind: 'failed', reason: 'timed_out' } });
    expect(late.progress).toHaveLength(0);
  });
});
