import { Pause, Play, Square } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import type { Experiment } from '../../../shared/records/experiment.ts';
import { Button } from '../../components/button.tsx';
import { Confirm } from '../../components/dialog.tsx';
import { plural } from '../../components/words.ts';
import { type Command, useCommands } from '../../state/commands.ts';
import { finishedTrials } from '../../state/search-progress.ts';
import { useAction, useSession } from '../../state/use-workbench.ts';
import { useWriting } from '../../state/use-writing.ts';
import styles from './progress-line.module.css';

const NOTHING: readonly Command[] = [];

/** Pause, resume and stop; also by key, palette and menu. */
export function Steering({ experiment }: { experiment: Experiment }): ReactElement | null {
  const { id, state } = experiment;
  const session = useSession();
  const writing = useWriting();
  const action = useAction();
  const [isAsking, setIsAsking] = useState(false);
  const isOver = state === 'completed' || state === 'stopped';
  const isRunning = state === 'running';
  const isEnabled = !writing.disabled && !action.isBusy;
  const pauseOrResume = (): void =>
    void action.run(() => session.call(isRunning ? 'experiment.pause' : 'experiment.resume', { experiment: id }));
  const stop = async (): Promise<void> => {
    if (await action.run(() => session.call('experiment.stop', { experiment: id }))) setIsAsking(false);
  };
  const commands: readonly Command[] = [
    {
      id: 'pause-or-resume',
      title: isRunning ? 'Pause the search' : 'Resume the search',
      group: 'Search',
      key: 'P',
      isEnabled,
      run: pauseOrResume,
    },
    { id: 'stop', title: 'Stop the search…', group: 'Search', isEnabled, run: () => setIsAsking(true) },
  ];
  useCommands(isOver ? NOTHING : commands);
  if (isOver) return null;
  return (
    <>
      {action.error === null || isAsking ? null : (
        <span className={styles.problem} role="alert" title={action.error.message}>
          {action.error.message}
        </span>
      )}
      <Button
        {...writing}
        kind={isRunning ? 'plain' : 'primary'}
        icon={isRunning ? <Pause size={14} aria-hidden="true" /> : <Play size={14} aria-hidden="true" />}
        isBusy={action.isBusy && !isAsking}
        onClick={pauseOrResume}
      >
        {isRunning ? 'Pause' : 'Resume'}
      </Button>
      <Button {...writing} icon={<Square size={14} aria-hidden="true" />} onClick={() => setIsAsking(true)}>
        Stop
      </Button>
      {isAsking ? (
        <Confirm
          title="Stop this search for good?"
          sentence={stopSentence(experiment)}
          action="Stop search"
          isBusy={action.isBusy}
          problem={action.error?.message}
          onConfirm={() => void stop()}
          onClose={() => {
            action.clear();
            setIsAsking(false);
          }}
        />
      ) : null}
    </>
  );
}

function stopSentence(experiment: Experiment): string {
  const { running, queued } = experiment.counts;
  const under = running + queued;
  const lost = under === 0 ? '' : `${plural(under, 'trial')} under way will end without a reward. `;
  const done = finishedTrials(experiment);
  const kept = `${plural(done, 'finished trial')} ${done === 1 ? 'stays' : 'stay'}. `;
  return `${lost}${kept}A stopped search can't go on; pause it if it should.`;
}
