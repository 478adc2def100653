import type { ReactElement, ReactNode } from 'react';
import { Link } from 'wouter';
import type { Experiment, Trial } from '../../../shared/records/experiment.ts';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { duration, moment, percent } from '../../components/words.ts';
import { countWords } from '../../graphs/part-words.ts';
import { trialPart } from '../../state/search-progress.ts';
import { useProgress } from '../../state/use-workbench.ts';
import styles from './trial.module.css';

export function TrialFacts({ experiment, trial }: { experiment: Experiment; trial: Trial }): ReactElement {
  const progress = useProgress(trial.experiment, trial.trial);
  const { reusedFrom, parent } = trial;
  const isLearning = experiment.config.strategy.kind === 'ppo';
  return (
    <dl className={styles.facts}>
      {trial.state === 'running' ? (
        <Fact name="Progress">
          {progress === undefined ? 'begins' : `epoch ${progress.epoch} of ${progress.epochs}`}
          <ProgressBar part={trialPart(trial, progress)} label={`Trial ${trial.trial}`} />
        </Fact>
      ) : null}
      <Fact name="Reward">
        {trial.reward === null ? '–' : percent(trial.reward)}
        {reusedFrom === null ? null : (
          <>
            , reused from <TrialLink experiment={trial.experiment} trial={reusedFrom} />; nothing was trained
          </>
        )}
      </Fact>
      <Fact name="Best">
        {trial.bestAccuracy === null ? '–' : `${percent(trial.bestAccuracy)} at epoch ${trial.bestEpoch}`}
      </Fact>
      <Fact name="Parameters">{countWords(trial.trainableParameters)} trainable</Fact>
      <Fact name="Multiply-adds">{countWords(trial.multiplyAdds)} for one image</Fact>
      <Fact name="Origin">
        {trial.origin}
        {parent === null ? null : (
          <>
            , from <TrialLink experiment={trial.experiment} trial={parent} />
          </>
        )}
      </Fact>
      {isLearning ? <Fact name="Learned in">update {trial.batch}</Fact> : null}
      <Fact name="Queued">{moment(trial.queuedAt)}</Fact>
      <Fact name="Begun">{trial.startedAt === null ? '–' : moment(trial.startedAt)}</Fact>
      <Fact name="Ended">{trial.finishedAt === null ? '–' : moment(trial.finishedAt)}</Fact>
      <Fact name="Trained for">{trial.durationMs > 0 ? duration(trial.durationMs) : '–'}</Fact>
      <Fact name="Attempts">{trial.attempts}</Fact>
      <Fact name="Seed">{trial.seed}</Fact>
      <Fact name="Cell">
        <code title={trial.hash}>{trial.hash.slice(0, 12)}</code>
      </Fact>
      <Fact name="Weights">
        {trial.weightsHash === null ? '–' : <code title={trial.weightsHash}>{trial.weightsHash.slice(0, 12)}</code>}
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function TrialLink({ experiment, trial }: { experiment: number; trial: number }): ReactElement {
  return <Link href={`/experiments/${experiment}/trials/${trial}`}>trial {trial}</Link>;
}
