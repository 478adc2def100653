import { Star } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Trial } from '../../../shared/records/experiment.ts';
import type { CellLabels } from '../../../shared/records/leaderboard.ts';
import { TrialStateMark } from '../../components/states.tsx';
import { FAILURE_WORDS, percent } from '../../components/words.ts';
import { useAction, useSession } from '../../state/use-workbench.ts';
import { useWriting } from '../../state/use-writing.ts';
import styles from './cell-pane.module.css';

/** Whether a cell is starred, and a press that changes it. */
export function StarButton({ trial, labels }: { trial: Trial; labels: CellLabels | null }): ReactElement {
  const session = useSession();
  const action = useAction();
  const isStarred = labels?.isStarred === true;
  const toggle = (): Promise<boolean> =>
    action.run(() =>
      session.call('leaderboard.label', {
        experiment: trial.experiment,
        trials: [trial.trial],
        isStarred: !isStarred,
      }),
    );
  const writing = useWriting(
    labels !== null && !action.isBusy,
    isStarred ? 'Remove the star of this cell' : 'Star this cell',
  );
  return (
    <button
      type="button"
      className={`${styles.icon} ${isStarred ? styles.starred : ''}`}
      {...writing}
      title={action.error?.message ?? writing.title}
      aria-label="Star"
      aria-pressed={isStarred}
      onClick={() => void toggle()}
    >
      <Star size={16} aria-hidden="true" fill={isStarred ? 'currentColor' : 'none'} />
    </button>
  );
}

/** What a person wrote to a cell; nothing where there is nothing. */
export function Notes({ labels }: { labels: CellLabels | null }): ReactElement | null {
  if (labels === null || (labels.note === '' && labels.tags.length === 0)) return null;
  const { note, tags } = labels;
  return (
    <span className={styles.notes}>
      {tags.map((tag) => (
        <bdi key={tag} className={styles.tag} title={tag}>
          {tag}
        </bdi>
      ))}
      {note === '' ? null : (
        <bdi className={styles.note} title={note}>
          {note}
        </bdi>
      )}
    </span>
  );
}

/** Reward, else how the trial stands. */
export function Outcome({ trial: { reward, state, failure } }: { trial: Trial }): ReactElement {
  if (reward !== null) return <b className={styles.reward}>{percent(reward)}</b>;
  return <TrialStateMark state={state} detail={failure === null ? undefined : FAILURE_WORDS[failure]} />;
}
