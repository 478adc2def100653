import { ListPlus, Pause, Play, Square } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import type { Experiment } from '../../../shared/records/experiment.ts';
import { Button } from '../../components/button.tsx';
import { Confirm } from '../../components/dialog.tsx';
import { type Command, useCommands } from '../../state/commands.ts';
import { useAction, useSession } from '../../state/use-workbench.ts';
import { useWriting } from '../../state/use-writing.ts';
import { ChangeSearch } from './change-search.tsx';
import styles from './progress-line.module.css';
import { stopQuestion } from './stop-words.ts';

const NOTHING: readonly Command[] = [];

/** What the first button does. It is one button, so that it keeps the focus when the search changes. */
type Step = 'pause' | 'resume' | 'prolong';
const STEPS: Record<Step, { word: string; title: string; icon: ReactElement }> = {
  pause: { word: 'Pause', title: 'Pause the search', icon: <Pause size={14} aria-hidden="true" /> },
  resume: { word: 'Resume', title: 'Resume the search', icon: <Play size={14} aria-hidden="true" /> },
  prolong: { word: 'Prolong…', title: 'Prolong the search…', icon: <ListPlus size={14} aria-hidden="true" /> },
};

/** Pause, resume and stop, or prolong; also by key, palette and menu. One that was stopped for good has none of them. */
export function Steering({ experiment }: { experiment: Experiment }): ReactElement | null {
  const { id, state } = experiment;
  const session = useSession();
  const writing = useWriting();
  const action = useAction();
  const [asks, setAsks] = useState<'stop' | 'prolong' | null>(null);
  const isEnabled = !writing.disabled && !action.isBusy;
  const step = stepOf(state);
  const run = (): void => {
    if (step === 'prolong') setAsks('prolong');
    else void action.run(() => session.call(`experiment.${step}`, { experiment: id }));
  };
  const stop = async (): Promise<void> => {
    if (await action.run(() => session.call('experiment.stop', { experiment: id }))) setAsks(null);
  };
  const first: Command = {
    ...(step === 'prolong' ? { id: 'prolong' } : { id: 'pause-or-resume', key: 'P' }),
    title: STEPS[step].title,
    group: 'Search',
    isEnabled,
    run,
  };
  const stopping: Command = {
    id: 'stop',
    title: 'Stop the search…',
    group: 'Search',
    isEnabled,
    run: () => setAsks('stop'),
  };
  const commands = step === 'prolong' ? [first] : [first, stopping];
  useCommands(state === 'stopped' ? NOTHING : commands);
  if (state === 'stopped') return null;
  return (
    <>
      {action.error === null || asks !== null ? null : (
        <span className={styles.problem} role="alert" title={action.error.message}>
          {action.error.message}
        </span>
      )}
      <Button
        {...writing}
        kind={step === 'resume' ? 'primary' : 'plain'}
        icon={STEPS[step].icon}
        isBusy={action.isBusy && asks === null}
        aria-haspopup={step === 'prolong' ? 'dialog' : undefined}
        onClick={run}
      >
        {STEPS[step].word}
      </Button>
      {step === 'prolong' ? null : (
        <Button {...writing} icon={<Square size={14} aria-hidden="true" />} onClick={() => setAsks('stop')}>
          Stop
        </Button>
      )}
      {asks === 'prolong' ? <ChangeSearch isProlonged experiment={experiment} onClose={() => setAsks(null)} /> : null}
      {asks === 'stop' ? (
        <Confirm
          {...stopQuestion(experiment)}
          isBusy={action.isBusy}
          problem={action.error?.message}
          onConfirm={() => void stop()}
          onClose={() => {
            action.clear();
            setAsks(null);
          }}
        />
      ) : null}
    </>
  );
}

function stepOf(state: Experiment['state']): Step {
  if (state === 'running') return 'pause';
  return state === 'completed' ? 'prolong' : 'resume';
}
