import type { ReactElement, ReactNode } from 'react';
import { Link } from 'wouter';
import { batchSizeOf } from '../../../shared/batch-sizes.ts';
import type { Experiment, Trial } from '../../../shared/records/experiment.ts';
import type { LeaderboardRow } from '../../../shared/records/leaderboard.ts';
import { trialName } from '../../../shared/trial-name.ts';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { aboutSpan, duration, percent, plural } from '../../components/words.ts';
import { countWords } from '../../graphs/part-words.ts';
import { trialAddress } from '../../state/row-key.ts';
import { trialPart } from '../../state/search-progress.ts';
import { useProgress } from '../../state/use-workbench.ts';
import styles from './trial.module.css';
import { trialLeftMs } from './trial-times.ts';
import { useCellRow } from './use-cell-row.ts';

interface TrialFactsProps {
  readonly experiment: Experiment;
  readonly trial: Trial;
  /** That it is trained on. */
  readonly images: number;
}

export function TrialFacts({ experiment, trial, images }: TrialFactsProps): ReactElement {
  const row = useCellRow(trial);
  return (
    <>
      {trial.state === 'running' ? <TrialProgress trial={trial} /> : null}
      <dl className={styles.facts}>
        <Results trial={trial} row={row.kind === 'ready' ? row.value : null} />
        <Costs experiment={experiment} trial={trial} />
        <Origin experiment={experiment} trial={trial} images={images} />
      </dl>
    </>
  );
}

function TrialProgress({ trial }: { trial: Trial }): ReactElement {
  const progress = useProgress(trial);
  const left = trialLeftMs(progress);
  return (
    <section className={styles.progress} aria-label="Progress">
      <ProgressBar part={trialPart(trial, progress)} label={`Trial ${trialName(trial)}`} />
      <p>
        {progress === undefined
          ? 'Begins: the network is being built.'
          : `Epoch ${progress.epoch} of ${progress.epochs}, step ${countWords(progress.step)} of ${countWords(progress.steps)}`}
        {left === null ? null : `, ${aboutSpan(left)} left`}
      </p>
    </section>
  );
}

function Results({ trial, row }: { trial: Trial; row: LeaderboardRow | null }): ReactElement {
  const { reward, reusedFrom, bestAccuracy, bestEpoch, durationMs } = trial;
  return (
    <>
      <Fact name="Reward">
        {reward === null ? 'none' : percent(reward)}
        {reusedFrom === null ? null : (
          <>
            , reused from <TrialLink experiment={trial.experiment} trial={reusedFrom} />; nothing was trained
          </>
        )}
      </Fact>
      {row !== null && row.reward !== null && row.deviation !== null ? (
        <Fact name="Mean of this cell">
          {percent(row.reward)} ± {(row.deviation * 100).toFixed(2)}
        </Fact>
      ) : null}
      <Fact name="Best">{bestAccuracy === null ? 'none' : `${percent(bestAccuracy)} at epoch ${bestEpoch}`}</Fact>
      <Fact name="Trained for">{durationMs > 0 ? duration(durationMs) : 'not at all'}</Fact>
    </>
  );
}

function Costs({ experiment: { config }, trial }: { experiment: Experiment; trial: Trial }): ReactElement {
  const { normalRepeats, filters } = config.scale;
  return (
    <>
      <Fact name="Parameters">{countWords(trial.trainableParameters)} trainable</Fact>
      <Fact name="Weights in all">{countWords(trial.totalParameters)} with batch statistics</Fact>
      <Fact name="Multiply-adds">{countWords(trial.multiplyAdds)} for one image</Fact>
      <Fact name="At this scale">
        N = {normalRepeats}, F = {filters}
      </Fact>
    </>
  );
}

function Origin({ experiment, trial, images }: TrialFactsProps): ReactElement {
  const { parent, batch, seed, hash, weightsHash, attempts, reducedBatchSize } = trial;
  const isLearning = experiment.config.strategy.kind === 'ppo';
  return (
    <>
      <Fact name="Origin">
        <bdi>{trial.origin}</bdi>
        {parent === null ? null : (
          <>
            , from <TrialLink experiment={trial.experiment} trial={parent} />
          </>
        )}
      </Fact>
      {isLearning && batch !== null ? (
        <Fact name="Learned in">
          <Link href={`/experiments/${experiment.id}?tab=controller`}>update {batch}</Link>
        </Fact>
      ) : null}
      <Fact name="Seed">{seed}</Fact>
      <Fact name="Attempts">{plural(attempts, 'attempt')}</Fact>
      {reducedBatchSize === null ? null : (
        <Fact name="Batch size">
          {reducedBatchSize} in place of {batchSizeOf(experiment.config.recipe, images)}: memory ran out
        </Fact>
      )}
      <Fact name="Cell hash">
        <Hash hash={hash} />
      </Fact>
      <Fact name="Weights hash">{weightsHash === null ? 'none' : <Hash hash={weightsHash} />}</Fact>
    </>
  );
}

/** The first twelve signs; all of them in the tooltip, and when it is copied by selecting. */
function Hash({ hash }: { hash: string }): ReactElement {
  return (
    <code className={styles.hash} title={hash}>
      {hash}
    </code>
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
  return <Link href={trialAddress(experiment, { trial, run: 1 })}>trial {trial}</Link>;
}
