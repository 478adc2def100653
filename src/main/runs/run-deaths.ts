import type { Loss } from './run-queue.ts';

/** Deaths of one run's trainers with no checkpoint between them, after which it ends as failed. */
const MOST_DEATHS = 3;
/** Hosts in a row that don't come up, after which nothing can be trained. */
const MOST_FAILED_STARTS = 3;
/** Hosts that were ended from outside say nothing about the run; but nobody does it so often by accident. Ours. */
const MOST_KILLS = 30;
const LONGEST_WAIT_MS = 30_000;

/** Give up: the sentence says why. Go on: after so long, from the newest checkpoint. */
export type Verdict =
  | { readonly kind: 'give_up'; readonly sentence: string }
  | { readonly kind: 'go_on'; readonly waitMs: number };

/** The deaths of the trainers of one run, and when they are enough. */
export class RunDeaths {
  private readonly firstWaitMs: number;
  private deaths = 0;
  private kills = 0;
  private failedStarts = 0;
  /** Deaths in a row without a step between them. */
  private fruitless = 0;

  /** `firstWaitMs`: wait before the second restart in a row, doubled each time; the first is at once. */
  constructor(firstWaitMs: number) {
    this.firstWaitMs = firstWaitMs;
  }

  note(loss: Loss): Verdict {
    return loss.isStarted ? this.noteDeath(loss) : this.noteFailedStart(loss);
  }

  private noteDeath({ cause, reason, stepped, saved }: Loss): Verdict {
    this.failedStarts = 0;
    this.fruitless = stepped ? 0 : this.fruitless;
    if (saved) this.deaths = this.kills = 0;
    if (cause === 'killed') return this.noteKill(reason);
    this.deaths++;
    if (this.deaths < MOST_DEATHS) return this.goOn();
    return giveUp(`The trainer died ${MOST_DEATHS} times without progress; the last one ${reason}.`);
  }

  private noteFailedStart({ cause, reason }: Loss): Verdict {
    if (cause === 'killed') return this.noteKill(reason);
    this.failedStarts++;
    if (this.failedStarts < MOST_FAILED_STARTS) return this.goOn();
    return giveUp(`No trainer starts; the last one ${reason}. Run the doctor, then resume.`);
  }

  private noteKill(reason: string): Verdict {
    this.kills++;
    if (this.kills < MOST_KILLS) return this.goOn();
    return giveUp(`The trainer died ${MOST_KILLS} times without progress; the last one ${reason}.`);
  }

  private goOn(): Verdict {
    const waitMs = this.fruitless === 0 ? 0 : this.firstWaitMs * 2 ** Math.min(this.fruitless - 1, 16);
    this.fruitless++;
    return { kind: 'go_on', waitMs: Math.min(waitMs, LONGEST_WAIT_MS) };
  }
}

function giveUp(sentence: string): Verdict {
  return { kind: 'give_up', sentence };
}
