import type { Architecture } from '../../../shared/records/architecture.ts';
import type { UpdateReport } from '../../../shared/records/controller.ts';

/** An architecture to be tried. */
export interface Proposal {
  /** Counted from 1 within a search. */
  number: number;
  architecture: Architecture;
  /** Of all its decisions under the policy that sampled it, in nats; null when the strategy has no policy. */
  logProbability: number | null;
  /** In a few words: 'update 19', 'random', 'evolved from 212'. */
  origin: string;
  /** Number of the proposal that it was derived from, or null. */
  parent: number | null;
}

export interface ProposalResult {
  proposal: Proposal;
  /** A fraction. Null when the trial was cancelled: nothing is learned from it. A failed trial has a reward, 0. */
  reward: number | null;
}

/**
 * What chooses the architectures of a search. The search works in batches:
 *
 *   ask(batch size) → all are tried → tell(all, in proposal order) → snapshot
 *
 * and a cancelled trial is made up for by a further ask(1) within its batch. What is proposed is a function of the
 * strategy's config and seed, of the results told so far and of the proposal's number, never of the moment: after
 * `restore` the same numbers are asked for again and give the same proposals, in batches of any size. A proposal that
 * was made after the snapshot and stored can so be told as it was stored.
 */
export interface Strategy {
  ask(count: number): Promise<Proposal[]>;
  /** Returns what the update did, for strategies that report it; null otherwise, or when there was nothing to learn. */
  tell(results: readonly ProposalResult[]): Promise<UpdateReport | null>;
  /** All that has to be kept, beside config, search space and seed, to go on exactly. */
  snapshot(): Promise<Uint8Array>;
  /** @throws WorkbenchError `corrupt`, `newer_version`, or `conflict` when it belongs to another search. */
  restore(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}
