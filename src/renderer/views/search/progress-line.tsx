import { SlidersHorizontal, Trophy } from 'lucide-react';
import { memo, type ReactElement, useState } from 'react';
import type { Experiment } from '../../../shared/records/experiment.ts';
import { finishedTrials } from '../../../shared/search-state.ts';
import { trialName } from '../../../shared/trial-name.ts';
import { Button } from '../../components/button.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { ExperimentStateMark } from '../../components/states.tsx';
import { aboutSpan, duration, percent, plural } from '../../components/words.ts';
import { showDialog } from '../../state/open-dialogs.ts';
import { rowKeyOf } from '../../state/row-key.ts';
import { searchTimeLeft, trialLevels } from '../../state/search-progress.ts';
import { useAllProgress, useLiveTrials } from '../../state/use-workbench.ts';
import { useWriting } from '../../state/use-writing.ts';
import type { LiveTrials, Progress } from '../../state/workbench-state.ts';
import { ChangeSearch } from './change-search.tsx';
import styles from './progress-line.module.css';
import { Steering } from './steering.tsx';

/** How far the search is, how long it still takes, and the buttons that steer it. */
export const ProgressLine = memo(function ProgressLine({ experiment }: { experiment: Experiment }): ReactElement {
  const { best, state, message } = experiment;
  return (
    <div className={styles.box}>
      <section className={styles.progress} aria-label="Progress">
        <SearchLevel experiment={experiment} />
        <ExperimentStateMark state={state} />
        {state === 'running' ? (
          <Levels experiment={experiment} />
        ) : (
          <span className={styles.detail}>ran {duration(experiment.runningMs)}</span>
        )}
        <span className={styles.gap} />
        {best === null ? null : (
          <span className={styles.best} title={`Best reward: trial ${trialName(best)}`}>
            <Trophy size={14} aria-hidden="true" />
            <span className={styles.bestWord}>best</span> <b>{percent(best.reward)}</b>
            <span className={styles.bestTrial}>trial {trialName(best)}</span>
          </span>
        )}
        <Steering experiment={experiment} />
      </section>
      {message === null ? null : (
        <div className={`${styles.message} ${state === 'failed' ? styles.bad : ''}`}>
          <p>{message}</p>
          <Button onClick={() => showDialog('log')}>Show log</Button>
        </div>
      )}
    </div>
  );
});

/** A press on it opens the sheet that changes what is left. */
function SearchLevel({ experiment }: { experiment: Experiment }): ReactElement {
  const { config, state } = experiment;
  const { disabled, title } = useWriting();
  const [isChanging, setIsChanging] = useState(false);
  const done = finishedTrials(experiment);
  const all = config.budget.trials;
  const count = `${done.toLocaleString('en')} of ${all.toLocaleString('en')}`;
  const bar = (
    <span className={styles.bar}>
      <ProgressBar part={done / all} label="Trials of the search" />
    </span>
  );
  if (state === 'completed' || state === 'stopped') {
    return (
      <>
        <span className={styles.count}>{count}</span>
        {bar}
      </>
    );
  }
  return (
    <>
      <button
        type="button"
        className={styles.change}
        disabled={disabled}
        title={title ?? 'Change trials in all, time limit, trials at once'}
        aria-label={`${count} trials. Change what is left`}
        aria-haspopup="dialog"
        onClick={() => setIsChanging(true)}
      >
        <span className={styles.count}>{count}</span>
        <SlidersHorizontal size={14} aria-hidden="true" />
      </button>
      {bar}
      {isChanging ? <ChangeSearch experiment={experiment} onClose={() => setIsChanging(false)} /> : null}
    </>
  );
}

const NOTHING_LIVE: LiveTrials = { active: new Map(), recent: [] };

/** Time left of the search, then of the first running trial and of its epoch. */
function Levels({ experiment }: { experiment: Experiment }): ReactElement {
  const live = useLiveTrials(experiment.id);
  const trials = live.kind === 'ready' ? live.value : NOTHING_LIVE;
  // What was told of a trial that has ended since, while nobody listened, is no progress.
  const running = [...useAllProgress().values()].filter(
    (one) => one.experiment === experiment.id && trials.active.get(rowKeyOf(one))?.state === 'running',
  );
  const left = searchTimeLeft(experiment, trials, running);
  const [first] = running;
  return (
    <>
      <span className={styles.left}>
        {left === null ? (
          <span className={styles.from}>
            {experiment.restsAs === null ? 'time left is known after the first trial' : 'repeats only'}
          </span>
        ) : (
          <>
            {aboutSpan(left.ms)} left
            <span className={styles.from}>, from the last {plural(left.trials, 'trial')}</span>
          </>
        )}
      </span>
      {first === undefined ? null : <Running progress={first} others={running.length - 1} />}
    </>
  );
}

function Running({ progress, others }: { progress: Progress; others: number }): ReactElement {
  const { epoch, epochs } = progress;
  const name = trialName(progress);
  const levels = trialLevels(progress);
  return (
    <>
      <span className={styles.level} title={`Trial ${name}: ${aboutSpan(levels.trial.leftMs)} left`}>
        trial {name}
        <span className={styles.small}>
          <ProgressBar part={levels.trial.part} label={`Trial ${name}`} />
        </span>
        <span className={styles.from}>{aboutSpan(levels.trial.leftMs)}</span>
      </span>
      <span className={styles.level} title={`Epoch ${epoch} of ${epochs}: ${aboutSpan(levels.epoch.leftMs)} left`}>
        epoch {epoch}/{epochs}
        <span className={styles.small}>
          <ProgressBar part={levels.epoch.part} label={`Epoch ${epoch} of trial ${name}`} />
        </span>
        <span className={styles.from}>{aboutSpan(levels.epoch.leftMs)}</span>
      </span>
      {others > 0 ? <span className={styles.level}>and {others} more</span> : null}
    </>
  );
}
