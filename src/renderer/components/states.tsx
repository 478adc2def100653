import { Ban, CircleCheck, CircleX, Clock, LoaderCircle, Pause, Scissors } from 'lucide-react';
import type { ReactElement } from 'react';
import type { ExperimentState, TrialState } from '../../shared/records/experiment.ts';
import styles from './states.module.css';

const TRIAL_ICONS = {
  running: LoaderCircle,
  queued: Clock,
  completed: CircleCheck,
  pruned: Scissors,
  cancelled: Ban,
  failed: CircleX,
} as const satisfies Record<TrialState, unknown>;

const EXPERIMENT_ICONS = {
  running: LoaderCircle,
  paused: Pause,
  completed: CircleCheck,
  stopped: Ban,
  failed: CircleX,
} as const satisfies Record<ExperimentState, unknown>;

interface StateProps<S> {
  readonly state: S;
  /** Only the icon, with the word for screen readers and as its tooltip. */
  readonly isShort?: boolean;
  /** Why: "out of memory". */
  readonly detail?: string | undefined;
}

export function TrialStateMark({ state, isShort, detail }: StateProps<TrialState>): ReactElement {
  return <Mark icon={TRIAL_ICONS[state]} state={state} isShort={isShort ?? false} detail={detail} />;
}

export function ExperimentStateMark({ state, isShort, detail }: StateProps<ExperimentState>): ReactElement {
  return <Mark icon={EXPERIMENT_ICONS[state]} state={state} isShort={isShort ?? false} detail={detail} />;
}

function Mark(props: {
  icon: typeof Ban;
  state: TrialState | ExperimentState;
  isShort: boolean;
  detail: string | undefined;
}): ReactElement {
  const { icon: Icon, state, isShort, detail } = props;
  const words = detail === undefined ? state : `${state}: ${detail}`;
  return (
    <span className={`${styles.mark} ${styles[state]}`} title={words}>
      <Icon size={14} aria-hidden="true" />
      <span className={isShort ? 'visually-hidden' : styles.word}>{words}</span>
    </span>
  );
}
