import type { Placement, RunOrder, TrainSpec } from '../../shared/records/run.ts';

/** A training as the training thread takes it: what decides its numbers, and where its files lie. */
export type TrainJob = TrainSpec & Placement & Pick<RunOrder, 'resumeFrom'>;
