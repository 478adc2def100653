import type { Trial } from '../../../shared/records/experiment.ts';
import { trialName } from '../../../shared/trial-name.ts';

type Killed = Pick<Trial, 'trial' | 'run' | 'purpose'>;

/** What a kill costs. */
export const killSentence = (trial: Pick<Killed, 'purpose'>): string =>
  `What it has learned is lost. It gets no reward, and ${followsWords(trial)}.`;

/** What was killed and what follows. `place`: ` at epoch 1 of 2`, or nothing. */
export const killedSentence = (trial: Killed, place: string): string =>
  `Killed trial ${trialName(trial)}${place}. It has no reward, and ${followsWords(trial)}.`;

/** The search proposes another one in the place of one of its own. */
const followsWords = ({ purpose }: Pick<Killed, 'purpose'>): string =>
  `${purpose === 'proposal' ? 'a new proposal' : 'nothing'} takes its place`;
