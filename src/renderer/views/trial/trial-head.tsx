import { ChevronLeft, ChevronRight, Maximize2, Repeat2, RotateCcw, Trash2 } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Experiment, Trial } from '../../../shared/records/experiment.ts';
import { trialName } from '../../../shared/trial-name.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { TrialStateMark } from '../../components/states.tsx';
import { FAILURE_WORDS, percent } from '../../components/words.ts';
import { offerUndo } from '../../state/announcements.ts';
import { useCommands } from '../../state/commands.ts';
import { rowKeyOf, trialAddress } from '../../state/row-key.ts';
import { useAction, useSession } from '../../state/use-workbench.ts';
import { useWriting } from '../../state/use-writing.ts';
import { Notes, StarButton } from '../search/cell-pane-labels.tsx';
import { CellMenu, startFromAddress } from '../search/cell-pane-menu.tsx';
import { KillTrial } from '../search/kill-trial.tsx';
import { RepeatTrial } from './repeat-trial.tsx';
import styles from './trial.module.css';
import { trialNeighbours } from './trial-times.ts';
import { useCellRow } from './use-cell-row.ts';

interface TrialHeadProps {
  readonly experiment: Experiment;
  readonly trial: Trial;
  readonly onWhole: () => void;
}

/** What the trial is, and all that can be done with it. */
export function TrialHead({ experiment, trial, onWhole }: TrialHeadProps): ReactElement {
  const [dialog, setDialog] = useState<'kill' | 'repeat' | null>(null);
  const row = useCellRow(trial);
  const labels = row.kind === 'ready' ? row.value.labels : null;
  const rank = row.kind === 'ready' ? row.value.rank : null;
  const trash = useTrash(trial);
  const killing = useWriting(true, 'Kill this trial (K)');
  const writing = useWriting();
  const isOpen = trial.state === 'running' || trial.state === 'queued';
  const close = (): void => setDialog(null);
  useTrialCommands({
    experiment,
    trial,
    onKill: () => setDialog('kill'),
    onRepeat: () => setDialog('repeat'),
    onTrash: trash.run,
  });
  return (
    <>
      <header className={styles.head}>
        <Neighbours experiment={experiment} trial={trial} />
        <h1>Trial {trialName(trial)}</h1>
        <TrialStateMark
          state={trial.state}
          detail={trial.failure === null ? undefined : FAILURE_WORDS[trial.failure]}
        />
        {trial.reward === null ? null : <b className={styles.reward}>{percent(trial.reward)}</b>}
        {rank === null ? null : <span className={styles.rank}>rank {rank}</span>}
        {trial.purpose === 'repeat' && trial.parent !== null ? (
          <span className={styles.rank}>
            repeats{' '}
            <Link href={trialAddress(experiment.id, { trial: trial.parent, run: 1 })}>trial {trial.parent}</Link>
          </span>
        ) : null}
        {trial.trashedAt === null ? null : <span className={styles.rank}>in the trash</span>}
        <span className={styles.gap} />
        {trash.error === null ? null : (
          <span role="alert" className={styles.problem} title={trash.error}>
            {trash.error}
          </span>
        )}
        <Link className={styles.link} href={`/experiments/${experiment.id}?trial=${rowKeyOf(trial)}`}>
          In the leaderboard
        </Link>
        {isOpen ? (
          <Button {...killing} kind="danger" onClick={() => setDialog('kill')}>
            Kill
          </Button>
        ) : (
          <>
            <Button {...writing} icon={<Repeat2 size={14} aria-hidden="true" />} onClick={() => setDialog('repeat')}>
              Repeat
            </Button>
            <TrashButton trial={trial} isBusy={trash.isBusy} onPress={trash.run} />
          </>
        )}
        <Link className={styles.linkButton} href={startFromAddress(experiment.id, trial)}>
          Open as a new experiment
        </Link>
        <span className={styles.icons}>
          <StarButton trial={trial} labels={labels} />
          <IconButton
            label="Whole cell"
            title="Whole cell (E)"
            icon={<Maximize2 size={16} aria-hidden="true" />}
            onClick={onWhole}
          />
          <CellMenu experiment={experiment} trial={trial} />
        </span>
      </header>
      {labels === null || (labels.note === '' && labels.tags.length === 0) ? null : (
        <div className={styles.labels}>
          <Notes labels={labels} />
        </div>
      )}
      {dialog === 'kill' ? <KillTrial trial={trial} onClose={close} /> : null}
      {dialog === 'repeat' ? <RepeatTrial trial={trial} onClose={close} /> : null}
    </>
  );
}

function TrashButton(props: { trial: Trial; isBusy: boolean; onPress: () => void }): ReactElement {
  const { trial, isBusy, onPress } = props;
  const writing = useWriting(true, trial.trashedAt === null ? 'To the trash (Del)' : undefined);
  if (trial.trashedAt !== null) {
    return (
      <Button {...writing} icon={<RotateCcw size={14} aria-hidden="true" />} isBusy={isBusy} onClick={onPress}>
        Restore
      </Button>
    );
  }
  return (
    <Button {...writing} icon={<Trash2 size={14} aria-hidden="true" />} isBusy={isBusy} onClick={onPress}>
      Trash
    </Button>
  );
}

function Neighbours({ experiment, trial }: { experiment: Experiment; trial: Trial }): ReactElement {
  const [, navigate] = useLocation();
  const { previous, next } = trialNeighbours(experiment, trial.trial);
  const open = (number: number | null) => () => {
    if (number !== null) navigate(trialAddress(experiment.id, { trial: number, run: 1 }), { replace: true });
  };
  return (
    <span className={styles.icons}>
      <IconButton
        label="Previous trial"
        title="Previous trial ([)"
        icon={<ChevronLeft size={16} aria-hidden="true" />}
        disabled={previous === null}
        onClick={open(previous)}
      />
      <IconButton
        label="Next trial"
        title="Next trial (])"
        icon={<ChevronRight size={16} aria-hidden="true" />}
        disabled={next === null}
        onClick={open(next)}
      />
    </span>
  );
}

/** Into the trash with an offer to undo it, or out of it. */
function useTrash(shown: Trial) {
  const { experiment, trial, run: runNumber, trashedAt } = shown;
  const session = useSession();
  const action = useAction();
  const asked = { experiment, rows: [{ trial, run: runNumber }] };
  const run = async (): Promise<void> => {
    if (trashedAt !== null) {
      await action.run(() => session.call('trial.restore', asked));
      return;
    }
    if (await action.run(() => session.call('trial.trash', asked)))
      offerUndo(`Trial ${trialName(shown)} is in the trash.`, () => session.call('trial.restore', asked));
  };
  return { isBusy: action.isBusy, error: action.error?.message ?? null, run: () => void run() };
}

interface TrialCommands extends Omit<TrialHeadProps, 'onWhole'> {
  readonly onKill: () => void;
  readonly onRepeat: () => void;
  readonly onTrash: () => void;
}

function useTrialCommands({ experiment, trial, onKill, onRepeat, onTrash }: TrialCommands): void {
  const [, navigate] = useLocation();
  const { previous, next } = trialNeighbours(experiment, trial.trial);
  const open = (number: number | null) => () => {
    if (number !== null) navigate(trialAddress(experiment.id, { trial: number, run: 1 }), { replace: true });
  };
  const { disabled } = useWriting();
  const isOpen = trial.state === 'running' || trial.state === 'queued';
  const isRestful = !isOpen && !disabled;
  const group = 'Trial';
  useCommands([
    { id: 'previous', title: 'Previous trial', group, key: '[', isEnabled: previous !== null, run: open(previous) },
    { id: 'next', title: 'Next trial', group, key: ']', isEnabled: next !== null, run: open(next) },
    { id: 'kill-trial', title: 'Kill this trial', group, key: 'K', isEnabled: isOpen && !disabled, run: onKill },
    { id: 'repeat-trial', title: 'Repeat with other seeds', group, isEnabled: isRestful, run: onRepeat },
    {
      id: 'trash-trial',
      title: trial.trashedAt === null ? 'Move this trial to the trash' : 'Restore this trial from the trash',
      group,
      key: 'Delete',
      isEnabled: isRestful,
      run: onTrash,
    },
  ]);
}
