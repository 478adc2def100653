/** What a host's main thread hands to its training thread. */
export interface TrainingThreadData {
  /** Int32 cells that both threads see, also while the training thread is inside an operation. */
  readonly shared: SharedArrayBuffer;
  readonly trainingModule: string;
}

/** Cell that grows, and wraps, while the training makes progress. */
export const BUSY = 0;
/** Cell with the index in `WISHES` of what the training is asked to do. */
export const WISH = 1;
export const SHARED_BYTES = 8;

export const WISHES = [null, 'cancel', 'suspend'] as const;
