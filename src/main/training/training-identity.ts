import { createHash } from 'node:crypto';
import type { TrialJob } from '../../shared/records/trial-job.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { binding } from '../tensor/backend.ts';
import type { TrainingEnvironment, TrainingIdentity } from './checkpoint.ts';
import type { DatasetIdentity } from './image-split.ts';

/** SHA-256 of a value's JSON with the keys of its objects sorted. */
function hashValue(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, part]) => [key, sorted(part)]));
}

/** What decides a training's numbers. Its time limit and how it picks its reward may change between two attempts. */
export function trainingIdentity(job: TrialJob, dataset: DatasetIdentity): TrainingIdentity {
  const { timeLimitMs: _limit, reward: _reward, ...training } = job.training;
  return {
    architecture: hashValue(job.architecture),
    scale: hashValue(job.scale),
    training: hashValue(training),
    dataset: hashValue({ ...dataset, splitSeed: job.splitSeed }),
    seed: job.seed,
  };
}

const WORDS: Readonly<Record<keyof TrainingIdentity, string>> = {
  architecture: 'another architecture',
  scale: 'another scale',
  training: 'other training settings',
  dataset: 'another data set or split',
  seed: 'another seed',
};

/** Throws `conflict`, saying what differs, unless both are the same training. */
export function expectSameTraining(stored: TrainingIdentity, wanted: TrainingIdentity): void {
  const different = (Object.keys(WORDS) as (keyof TrainingIdentity)[]).filter((part) => stored[part] !== wanted[part]);
  if (different.length === 0) return;
  const reasons = different.map((part) => WORDS[part]).join(', ');
  throw new WorkbenchError('conflict', `This checkpoint belongs to another training (${reasons}): start it afresh.`);
}

export function trainingEnvironment(device: string): TrainingEnvironment {
  const { TF_ENABLE_ONEDNN_OPTS: oneDnn = '', TF_NUM_INTRAOP_THREADS: intraOpThreads = '' } = process.env;
  const { TF_Version: tensorflow } = binding();
  const platform = `${process.platform} ${process.arch}`;
  return { node: process.version, tensorflow, platform, device, oneDnn, intraOpThreads };
}
