import type { Trial } from '../../../shared/records/experiment.ts';

/** What a kill costs. A repeat that a person asked for is no proposal, and nothing takes its place. */
export function killSentence({ batch }: Pick<Trial, 'batch'>): string {
  const lost = 'What it has learned is lost. It gets no reward';
  return batch === null ? `${lost}, and the cell has one repeat less.` : `${lost}, and a new proposal takes its place.`;
}
