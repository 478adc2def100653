import { Pause, Play, SlidersHorizontal, Square } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import type { Experiment, Trial } from '../../../shared/records/experiment.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { Confirm } from '../../components/dialog.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { ExperimentStateMark } from '../../components/states.tsx';
import { aboutSpan, duration, percent, plural } from '../../components/words.ts';
import { finishedTrials, timeLeftMs } from '../../state/search-progress.ts';
import { useAction, useAllProgress, useSession, useStatus } from '../../state/use-workbench.ts';
import type { Progress } from '../../state/workbench-state.ts';
import { ChangeSearch } from './change-search.tsx';
import styles from './search.module.css';

interface ProgressLineProps {
  readonly experiment: Experiment;
  readonly trials: ReadonlyMap<number, Trial> | null;
}

/** How far the search is, how long it still takes, and the buttons that steer it. */
export function ProgressLine({ experiment, trials }: ProgressLineProps): ReactElement {
  const { config, best, state, message } = experiment;
  const done = finishedTrials(experiment);
  const all = config.budget.trials;
  return (
    <>
      <section className={styles.progress} aria-label="Progress">
        <span className={styles.count}>
          {done.toLocaleString('en')} of {all.toLocaleString('en')}
        </span>
        <span className={styles.bar}>
          <ProgressBar part={done / all} label="Trials of the search" />
        </span>
        <ExperimentStateMark state={state} />
        <Detail experiment={experiment} trials={trials} />
        <span className={styles.gap} />
        {best === null ? null : (
          <span className={styles.best}>
            best <b>{percent(best.reward)}</b> trial {best.trial}
          </span>
        )}
        <Steering experiment={experiment} />
      </section>
      {message === null ? null : (
        <p className={`${styles.message} ${state === 'failed' ? styles.bad : ''}`} role="status">
          {message}
        </p>
      )}
    </>
  );
}

function Detail({ experiment, trials }: ProgressLineProps): ReactElement {
  const progress = useAllProgress();
  const running = [...progress.values()].filter((one) => one.experiment === experiment.id);
  if (experiment.state !== 'running') {
    return <span className={styles.detail}>ran {duration(experiment.runningMs)}</span>;
  }
  const left = trials === null ? null : timeLeftMs(experiment, trials.values());
  const words = [
    left === null ? 'time left known after the first trial' : `${aboutSpan(left)} left`,
    ...running.slice(0, 1).map(runningWords),
    ...(running.length > 1 ? [`and ${running.length - 1} more`] : []),
  ].join(' · ');
  return (
    <span className={styles.detail} title={words}>
      {words}
    </span>
  );
}

const runningWords = ({ trial, epoch, epochs }: Progress): string => `trial ${trial}, epoch ${epoch}/${epochs}`;

function Steering({ experiment }: { experiment: Experiment }): ReactElement | null {
  const { id, state } = experiment;
  const session = useSession();
  const isConnected = useStatus().kind === 'connected';
  const action = useAction();
  const [isAsking, setIsAsking] = useState(false);
  const [isChanging, setIsChanging] = useState(false);
  if (state === 'completed' || state === 'stopped') return null;
  const blocked = isConnected ? undefined : 'Not possible while the workbench does not answer';
  const stop = async (): Promise<void> => {
    if (await action.run(() => session.call('experiment.stop', { experiment: id }))) setIsAsking(false);
  };
  return (
    <>
      {action.error === null || isAsking ? null : (
        <span className={styles.detail} role="alert">
          {action.error.message}
        </span>
      )}
      {state === 'running' ? (
        <Button
          icon={<Pause size={14} aria-hidden="true" />}
          isBusy={action.isBusy}
          disabled={!isConnected}
          title={blocked}
          onClick={() => void action.run(() => session.call('experiment.pause', { experiment: id }))}
        >
          Pause
        </Button>
      ) : (
        <Button
          kind="primary"
          icon={<Play size={14} aria-hidden="true" />}
          isBusy={action.isBusy}
          disabled={!isConnected}
          title={blocked}
          onClick={() => void action.run(() => session.call('experiment.resume', { experiment: id }))}
        >
          Resume
        </Button>
      )}
      <Button
        icon={<Square size={14} aria-hidden="true" />}
        disabled={!isConnected}
        title={blocked}
        onClick={() => setIsAsking(true)}
      >
        Stop
      </Button>
      <IconButton
        label="Change what is left of the search"
        icon={<SlidersHorizontal size={16} aria-hidden="true" />}
        disabled={!isConnected}
        onClick={() => setIsChanging(true)}
      />
      {isChanging ? <ChangeSearch experiment={experiment} onClose={() => setIsChanging(false)} /> : null}
      {isAsking ? (
        <Confirm
          title="Stop this search for good?"
          sentence={stopSentence(experiment)}
          action="Stop search"
          isBusy={action.isBusy}
          problem={action.error?.message}
          onConfirm={() => void stop()}
          onClose={() => setIsAsking(false)}
        />
      ) : null}
    </>
  );
}

function stopSentence(experiment: Experiment): string {
  const { running, queued } = experiment.counts;
  const lost =
    running + queued === 0 ? '' : `${plural(running + queued, 'trial')} under way will end without a reward. `;
  return `${lost}${plural(finishedTrials(experiment), 'finished trial')} stay. A stopped search can't go on; pause it if it should.`;
}
