import { createLogUpdate } from 'log-update';
import type { EventPayload, WorkbenchEvent } from '../../shared/contract.ts';
import type { Trial } from '../../shared/records/experiment.ts';
import { trialName } from '../../shared/trial-name.ts';
import type { Output } from './output.ts';
import { advanceProgress, type ProgressState } from './progress-state.ts';
import { finishedLine, progressLines } from './progress-view.ts';
import { printable } from './text.ts';

/** A person reads no faster, and a busy terminal takes time from the training. */
const REDRAW_MS = 250;

/** Shows the progress of one experiment on stderr: redrawn in place on a terminal, else a line a finished trial. */
export class ProgressDisplay {
  private readonly output: Output;
  private readonly redraw: ReturnType<typeof createLogUpdate> | null;
  private timer: NodeJS.Timeout | undefined;
  private state: ProgressState;

  constructor(output: Output, state: ProgressState) {
    this.output = output;
    this.state = state;
    this.redraw = output.err.isTTY ? createLogUpdate(process.stderr) : null;
  }

  get current(): ProgressState {
    return this.state;
  }

  hear(event: WorkbenchEvent): void {
    const before = this.state;
    this.state = advanceProgress(before, event);
    if (event.name === 'log.added') this.hearLog(event.payload);
    if (this.state === before) return;
    if (event.name === 'trial.changed' && isNewlyFinished(before, event.payload)) {
      this.say(finishedLine(this.state, event.payload, this.redraw !== null));
    }
    this.drawSoon();
  }

  /** A line that stays above what is redrawn. */
  say(text: string): void {
    if (this.redraw) this.redraw.persist(text);
    else this.output.note(text);
  }

  /** Takes the redrawn lines away. */
  end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.redraw) return;
    this.redraw.clear();
    this.redraw.done();
  }

  private hearLog(log: EventPayload<'log.added'>): void {
    if (log.experiment !== null && log.experiment !== this.state.experiment.id) return;
    if (log.level === 'info' || this.isToldElsewhere(log)) return;
    const paint = this.output.paintNote(log.level === 'warn' ? 'yellow' : 'red');
    this.say(paint(printable(log.message)));
  }

  /** The line of a finished trial and the last words of a search say it already. */
  private isToldElsewhere({ experiment, trial }: EventPayload<'log.added'>): boolean {
    if (experiment === null) return false;
    if (trial === null) return true;
    const isOf = (row: { trial: number }): boolean => row.trial === trial;
    // An entry names no run: while one of the trial trains, it may be that one's.
    const { finished, running } = this.state;
    return [...finished.values()].some(isOf) && ![...running.values()].some(isOf);
  }

  private drawSoon(): void {
    if (!this.redraw || this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.draw();
    }, REDRAW_MS);
  }

  private draw(): void {
    const { columns = 80, rows = 24 } = this.output.err;
    this.redraw?.(progressLines(this.state, columns, rows).join('\n'));
  }
}

function isNewlyFinished(before: ProgressState, trial: Trial): boolean {
  return trial.finishedAt !== null && !before.finished.has(trialName(trial));
}
