import type { Trial } from '../../shared/records/experiment.ts';
import { isUnfinished } from '../../shared/search-state.ts';
import { isOutOfTime, record, type SearchContext } from './search-context.ts';
import { trainTrial } from './train-trial.ts';

/** `interrupted`: the running trials are saved, or cancelled, as the interruption asks for. */
export type BatchEnd = 'trained' | 'interrupted';

/**
 * Trains the unfinished trials of a batch, in the order of their proposals, as many at a time as the experiment
 * allows. An architecture that has a reward in this experiment is not trained again: its reward is reused, and one
 * that equals a trial still in training waits for it. That a child failed is not reused: an equal one is tried again
 * (ours, as the paper does not say; crashes and time-outs may not repeat).
 *
 * Repeats that a person asked for go first (ours: a person waits for them) and are no part of the batch: it is over
 * when its own trials are, while repeats may go on.
 *
 * Throws what made going on impossible, after the running trials are saved.
 */
export async function trainBatch(context: SearchContext, batch: number): Promise<BatchEnd> {
  const { store, experiment } = context;
  const own = (): Trial[] => store.trials.ofBatch(experiment, batch).filter(isUnfinished);
  const end = await trainUnfinished(context, own, () => own().length === 0);
  context.meter.hold(false);
  return end;
}

/** Trains the repeats that a person asked for, and nothing else, unless it is `left` before. */
export async function trainRepeats(context: SearchContext, left: () => boolean = () => false): Promise<BatchEnd> {
  return await trainUnfinished(context, () => [], left);
}

/** Repeats, and what `own` gives, until it is over or nothing is in training any more. */
async function trainUnfinished(
  context: SearchContext,
  own: () => readonly Trial[],
  isOver: () => boolean,
): Promise<BatchEnd> {
  const { store, control, experiment, training, meter } = context;
  for (;;) {
    // Asked for before anything is read, so that no change is missed.
    const changed = control.changed();
    const repeats = store.trials.unfinishedRepeats(experiment);
    const mine = own();
    const isWaiting = (trial: Trial): boolean => !training.has(idOf(context, trial));
    if (control.isEnding) interruptRunning(context);
    else {
      startWhatFits(context, repeats.filter(isWaiting));
      const waiting = mine.filter(isWaiting);
      // What began within the time may be trained to its end, also when it was interrupted meanwhile.
      const late = isOutOfTime(context) ? waiting.filter(({ attempts }) => attempts === 0) : [];
      cancelForTime(context, late);
      startWhatFits(
        context,
        waiting.filter((trial) => !late.includes(trial)),
      );
    }
    if (training.size === 0 || (!control.isEnding && isOver())) break;
    meter.hold(!mine.some((trial) => training.has(idOf(context, trial))));
    await Promise.race([changed, ...training.values()]);
  }
  if (control.failure) throw control.failure.error;
  return control.interruption ? 'interrupted' : 'trained';
}

/** Of the run that a trial refers to. */
function idOf({ store }: SearchContext, { experiment, trial, run }: Trial): number {
  return store.rows.idOf(experiment, trial, run);
}

/** Saves what is still in training when a search comes to rest by itself. */
export async function settle({ keeper, training }: SearchContext): Promise<void> {
  for (const run of training.keys()) keeper.suspend(run);
  await Promise.all(training.values());
}

function startWhatFits(context: SearchContext, waiting: readonly Trial[]): void {
  for (const trial of waiting) {
    const twin = earlierTwin(context, trial);
    if (twin?.state === 'completed') reuse(context, trial, twin.trial);
    else if (!twin && context.training.size < context.config().trialsAtOnce) start(context, trial);
  }
}

function start(context: SearchContext, trial: Trial): void {
  const { training, control } = context;
  const run = idOf(context, trial);
  const ended = trainTrial(context, trial, run)
    .catch((error: unknown) => control.fail(error))
    .finally(() => training.delete(run));
  training.set(run, ended);
}

function earlierTwin({ config, store, meter, experiment }: SearchContext, { hash, trial, attempts, purpose }: Trial) {
  // A repeat is there to be trained; and what began to be trained is trained to its end, also when repeats were
  // forbidden meanwhile.
  if (purpose === 'repeat' || config().retrainRepeats || attempts > 0) return null;
  return meter.own(() => store.trials.earlierTwin(experiment, hash, trial));
}

function reuse(context: SearchContext, { trial }: Trial, twin: number): void {
  const { store, experiment, clock } = context;
  record(context, () => {
    store.trials.reuse(experiment, trial, twin, clock.now().toISOString());
    store.experiments.note(experiment);
  });
}

function cancelForTime(context: SearchContext, waiting: readonly Trial[]): void {
  if (waiting.length === 0) return;
  const { store, experiment, clock } = context;
  const at = clock.now().toISOString();
  record(context, () => {
    for (const trial of waiting) store.runs.cancel(idOf(context, trial), 'The time limit was reached.', at);
    store.experiments.note(experiment);
  });
}

function interruptRunning({ keeper, control, training }: SearchContext): void {
  for (const run of training.keys()) {
    if (control.interruption === 'stop') keeper.cancel(run);
    else keeper.suspend(run);
  }
}
