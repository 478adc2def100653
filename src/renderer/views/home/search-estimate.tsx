import { Gauge, TriangleAlert } from 'lucide-react';
import { type ReactElement, useEffect, useState } from 'react';
import type { SearchEstimate } from '../../../shared/records/estimate.ts';
import type { ExperimentConfig } from '../../../shared/records/experiment.ts';
import type { WorkbenchError } from '../../../shared/workbench-error.ts';
import { Button } from '../../components/button.tsx';
import { aboutSpan, bytes, duration } from '../../components/words.ts';
import { useAction, useSession } from '../../state/use-workbench.ts';
import { useWriting } from '../../state/use-writing.ts';
import styles from './new-search.module.css';
import { estimateQuestion, estimateView, type GivenEstimate } from './search-estimate-question.ts';

/** A change is waited for so long before what was measured is asked again. Milliseconds (ours). */
const SETTLED_MS = 400;

/** Time and memory that the search would take here. The first answer for a kind of child may be measured, for some seconds. */
export function SearchEstimatePanel({ config }: { config: ExperimentConfig | null }): ReactElement {
  const session = useSession();
  const writing = useWriting();
  const action = useAction();
  const [given, setGiven] = useState<GivenEstimate | null>(null);
  const [lastAsked, setLastAsked] = useState('');
  const question = estimateQuestion(config);
  const refused = action.error === null ? null : { asked: lastAsked, error: action.error };
  const { known, isOld, error, asksAgain } = estimateView(question, given, refused);
  const measure = (): void => {
    if (config === null) return;
    setLastAsked(question.asked);
    void action.run(async () => {
      setGiven({ ...question, value: await session.call('experiment.estimate', { config }) });
    });
  };
  // A child of that kind was measured: another budget costs nothing to ask for.
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked when the question changes
  useEffect(() => {
    if (!asksAgain || action.isBusy) return;
    const timer = setTimeout(measure, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [question.asked, asksAgain, action.isBusy]);
  return (
    <section className={styles.estimate} aria-label="Estimate">
      <div className={styles.estimateText} aria-live="polite">
        {known === null ? (
          <Unknown isBusy={action.isBusy} error={error} isValid={config !== null} />
        ) : (
          <>
            {error === null ? null : (
              <p className={styles.bad}>
                {error.message}
                {isOld ? ' This was the estimate before the last change:' : ''}
              </p>
            )}
            <Estimate estimate={known} />
          </>
        )}
      </div>
      <Button
        icon={<Gauge size={14} aria-hidden="true" />}
        isBusy={action.isBusy}
        disabled={writing.disabled || config === null}
        title={writing.title}
        onClick={measure}
      >
        {known !== null ? 'Estimate again' : 'Estimate time and memory'}
      </Button>
    </section>
  );
}

function Unknown(props: { isBusy: boolean; error: WorkbenchError | null; isValid: boolean }): ReactElement {
  const { isBusy, error, isValid } = props;
  if (isBusy) return <p>A child of this kind is trained for some steps, if none was yet. That takes some seconds.</p>;
  if (error !== null) return <p className={styles.bad}>{error.message}</p>;
  return (
    <p className={styles.quiet}>
      {isValid
        ? 'How long it would take on this machine is known from earlier trials of this kind, or measured in some seconds.'
        : 'Time and memory can be estimated once every value can stand.'}
    </p>
  );
}

function Estimate({ estimate }: { estimate: SearchEstimate }): ReactElement {
  const { trialMs, searchMs, trainerBytes, availableBytes, fits, basis } = estimate;
  return (
    <>
      <p className={styles.estimateTime}>
        {aboutSpan(searchMs.likely)} in all
        <span className={styles.quiet}>
          {rangeWords(searchMs, (ms) => aboutSpan(ms).replace(/^about /, ''))}, {trialWords(trialMs.likely)} a trial
          {rangeWords(trialMs, trialWords)}
        </span>
      </p>
      <p className={fits ? styles.quiet : styles.bad}>
        {fits ? null : <TriangleAlert size={14} aria-hidden="true" />}
        {fits ? '' : ' It does not fit into memory: '}
        {bytes(trainerBytes)} a trainer, {bytes(availableBytes)} there
        {fits ? '' : '. Use fewer trials at once, a smaller batch or fewer filters'}.
      </p>
      <p className={styles.quiet}>From {basis}.</p>
    </>
  );
}

const trialWords = (ms: number): string => (ms < 1_000 ? 'under 1 s' : duration(ms));

/** Nothing where both ends are the same in words. */
function rangeWords({ low, high }: SearchEstimate['trialMs'], words: (ms: number) => string): string {
  return words(low) === words(high) ? '' : ` (${words(low)} to ${words(high)})`;
}
