import type { Trial } from '../../../shared/records/experiment.ts';

/** What a kill costs. A repeat that a person asked for is no proposal, and nothing takes its place. */
export function killSentence({ batch }: Pick<Trial, 'batch'>): string {
  const lost = 'What it has learned is lost. It gets no reward';
  return batch === null ? `${lost}, and the cell has one repeat less.` : `${lost}, and a new proposal takes its place.`;
}

/** What was killed and what follows. `place`: ` at epoch 1 of 2`, or nothing. */
export function killedSentence({ trial, batch }: Pick<Trial, 'trial' | 'batch'>, place: string): string {
  const follows = batch === null ? 'nothing takes its place' : 'a new proposal takes its place';
  return `Killed trial ${trial}${place}. It has no reward, and ${follows}.`;
}
