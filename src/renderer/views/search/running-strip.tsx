import { memo, type ReactElement, useState } from 'react';
import type { Trial } from '../../../shared/records/experiment.ts';
import { byNumber, trialName } from '../../../shared/trial-name.ts';
import { Button } from '../../components/button.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { rowKeyOf } from '../../state/row-key.ts';
import { trialPart } from '../../state/search-progress.ts';
import { useLiveTrials, useProgress } from '../../state/use-workbench.ts';
import { useWriting } from '../../state/use-writing.ts';
import { KillTrial } from './kill-trial.tsx';
import styles from './leaderboard.module.css';

/** Rows of the strip (design). */
const SHOWN = 4;

/** What is in training now, in the order of its begin; never sorted. */
export const RunningStrip = memo(function RunningStrip({ experiment }: { experiment: number }): ReactElement | null {
  const live = useLiveTrials(experiment);
  const [killing, setKilling] = useState<Trial | null>(null);
  const running = [...(live.kind === 'ready' ? live.value.active.values() : [])]
    .filter(({ state }) => state === 'running')
    .sort(byNumber);
  if (running.length === 0 && killing === null) return null;
  return (
    <section className={styles.strip} aria-label="In training">
      {running.slice(0, SHOWN).map((trial) => (
        <RunningRow key={rowKeyOf(trial)} trial={trial} onKill={() => setKilling(trial)} />
      ))}
      {running.length > SHOWN ? <p className={styles.more}>and {running.length - SHOWN} more</p> : null}
      {killing === null ? null : <KillTrial trial={killing} onClose={() => setKilling(null)} />}
    </section>
  );
});

function RunningRow({ trial, onKill }: { trial: Trial; onKill: () => void }): ReactElement {
  const progress = useProgress(trial);
  const name = trialName(trial);
  const writing = useWriting();
  return (
    <div className={styles.running}>
      <span>Trial {name}</span>
      <span className={styles.runningWords}>
        {progress === undefined
          ? trial.step > 0
            ? 'goes on'
            : 'begins'
          : `epoch ${progress.epoch} of ${progress.epochs}`}
      </span>
      <span className={styles.runningBar}>
        <ProgressBar part={trialPart(trial, progress)} label={`Trial ${name}`} />
      </span>
      <span className={styles.runningWords}>
        {progress === undefined || progress.loss === null ? '' : `loss ${progress.loss.toFixed(3)}`}
      </span>
      <Button {...writing} kind="quiet" aria-label={`Kill trial ${name}`} onClick={onKill}>
        Kill
      </Button>
    </div>
  );
}
