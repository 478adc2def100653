import type { ReactElement } from 'react';
import type { Trial } from '../../../shared/records/experiment.ts';
import { trialName } from '../../../shared/trial-name.ts';
import { Confirm } from '../../components/dialog.tsx';
import { tellDone } from '../../state/announcements.ts';
import { useAction, useProgress, useSession } from '../../state/use-workbench.ts';
import { killedSentence, killSentence } from './kill-words.ts';

/** Asks before a trial is ended without a reward. */
export function KillTrial({ trial, onClose }: { trial: Trial; onClose: () => void }): ReactElement {
  const session = useSession();
  const action = useAction();
  const progress = useProgress(trial);
  const place = progress === undefined ? '' : ` at epoch ${progress.epoch} of ${progress.epochs}`;
  const kill = async (): Promise<void> => {
    const { experiment, trial: number, run } = trial;
    if (!(await action.run(() => session.call('trial.cancel', { experiment, trial: number, run })))) return;
    onClose();
    tellDone(killedSentence(trial, place));
  };
  return (
    <Confirm
      title={`Kill trial ${trialName(trial)}${place}?`}
      sentence={killSentence(trial)}
      action="Kill trial"
      isBusy={action.isBusy}
      problem={action.error?.message}
      onConfirm={() => void kill()}
      onClose={onClose}
    />
  );
}
