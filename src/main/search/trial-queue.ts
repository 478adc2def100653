import type { Training } from '../../shared/records/training.ts';
import type { TrainerEvent, TrialJob } from '../../shared/records/trial-job.ts';
import type { TrialEnd } from '../store/trials.ts';

export type ProgressMessage = Extract<TrainerEvent, { kind: 'progress' }>;
export type EpochMessage = Extract<TrainerEvent, { kind: 'epoch' }>;
export type CheckpointMessage = Extract<TrainerEvent, { kind: 'checkpoint' }>;

type Leased = Pick<TrialJob, 'leaseEpoch' | 'checkpointFolder' | 'resumeFrom'>;

/** A fresh lease and what the trial goes on from; null when it must not be trained any more. */
export interface Grant extends Leased {
  /** Where `resumeFrom` stands; 0 for a fresh start. */
  readonly step: number;
  /** In place of the task's, where the memory did not suffice for that. */
  readonly training?: Training;
}

/** What the search does for a trial while it is trained. */
export interface TrialHooks {
  /** Called whenever a trainer takes the trial, so again when a trainer died and another one takes over. */
  lease(): Promise<Grant | null>;
  /** The trainer that had the lease is gone before the end, as this sentence says; another one may take over. */
  lost(reason: string): void;
  progress(message: ProgressMessage): void;
  epoch(message: EpochMessage): void;
  checkpoint(message: CheckpointMessage): void;
  /**
   * Memory ran out in the training that has the lease, which ended so. True when the trial is to be trained again, from
   * its start and with less, as the next lease says; false when that is its end.
   */
  ranOutOfMemory(end: Finished): boolean;
}

/** A trial as it is handed in: everything but what a lease decides. */
export type TrialTask = Omit<TrialJob, keyof Leased>;

/** The trainers that live, and those at work. */
export interface TrainerCounts {
  readonly busy: number;
  readonly all: number;
}

export interface Finished extends TrialEnd {
  readonly kind: 'finished';
  /** The most memory that its trainer held; only of one that had no other trial before and is a process of its own. */
  readonly peakBytes?: number;
}

/** Of whatever may come back from a trainer: whether it is a training whose memory ran out. */
export function isOutOfMemory<T extends { readonly kind: string }>(end: T | Finished): end is Finished {
  const outcome = end.kind === 'finished' ? (end as Finished).outcome : null;
  return outcome?.kind === 'failed' && outcome.reason === 'out_of_memory';
}

/** Suspended: saved as far as it got; handing it in again goes on from there. */
export type TrialResult = Finished | { readonly kind: 'suspended' };

/**
 * Trains trials. The search never hands in more than it wants trained at the same time. Crashes of trainers are the
 * queue's business: it retries, and ends a trial that crashes over and over as failed. One whose memory ran out it
 * trains again where `ranOutOfMemory` says so, in another trainer.
 */
export interface TrialQueue {
  /** Rejects only where no trial can be trained at all: trainers that don't start, crashes over different trials. */
  train(task: TrialTask, hooks: TrialHooks): Promise<TrialResult>;
  /** The trial ends as `cancelled`; nothing when it is not in training. */
  cancel(experiment: number, trial: number): void;
  /** Saves the trials of an experiment and ends them as `suspended`. */
  suspend(experiment: number): void;
  trainers(): TrainerCounts;
  close(): Promise<void>;
}
