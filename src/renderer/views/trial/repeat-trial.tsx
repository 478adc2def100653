import { type ReactElement, useState } from 'react';
import { Link } from 'wouter';
import type { Trial } from '../../../shared/records/experiment.ts';
import { trialName } from '../../../shared/trial-name.ts';
import { Button } from '../../components/button.tsx';
import dialog from '../../components/dialog.module.css';
import { Dialog } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import form from '../../components/form.module.css';
import { plural } from '../../components/words.ts';
import { rowKeyOf, trialAddress } from '../../state/row-key.ts';
import { useAction, useSession } from '../../state/use-workbench.ts';
import { useWriting } from '../../state/use-writing.ts';

/** As the contract has it. */
const MOST_REPEATS = 20;

/** Trains the trial's cell again with other seeds, and names the runs that came of it. */
export function RepeatTrial({ trial, onClose }: { trial: Trial; onClose: () => void }): ReactElement {
  const session = useSession();
  const action = useAction();
  const [times, setTimes] = useState(3);
  const [made, setMade] = useState<readonly Trial[] | null>(null);
  const isFit = Number.isInteger(times) && times >= 1 && times <= MOST_REPEATS;
  const writing = useWriting(isFit);
  const { experiment, trial: number } = trial;
  const repeat = (): Promise<boolean> =>
    action.run(async () => setMade(await session.call('trial.repeat', { experiment, trial: number, times })));
  if (made !== null) return <Repeated made={made} onClose={onClose} />;
  return (
    <Dialog
      title={`Repeat trial ${number} with other seeds`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button {...writing} kind="primary" isBusy={action.isBusy} onClick={() => void repeat()}>
            Repeat
          </Button>
        </>
      }
    >
      <p>
        The same cell is trained again in this search, so that its row shows a mean and a deviation. The controller does
        not learn from these trainings, and they take nothing from the budget.
      </p>
      <Field label="Trainings" hint={`1 to ${MOST_REPEATS}`}>
        {(ids) => (
          <input
            {...ids}
            type="number"
            className={`${form.input} ${form.number}`}
            min={1}
            max={MOST_REPEATS}
            aria-invalid={!isFit}
            value={Number.isNaN(times) ? '' : times}
            onChange={(event) => setTimes(event.target.valueAsNumber)}
          />
        )}
      </Field>
      {isFit ? null : <p className={dialog.problem}>Give a whole number from 1 to {MOST_REPEATS}.</p>}
      {action.error === null ? null : (
        <p className={dialog.problem} role="alert">
          {action.error.message}
        </p>
      )}
    </Dialog>
  );
}

function Repeated({ made, onClose }: { made: readonly Trial[]; onClose: () => void }): ReactElement {
  return (
    <Dialog
      title={`${plural(made.length, 'training')} queued`}
      onClose={onClose}
      actions={
        <Button kind="primary" onClick={onClose}>
          Close
        </Button>
      }
    >
      <p role="status">
        {made.map((run, index) => (
          <span key={rowKeyOf(run)}>
            {index === 0 ? '' : ', '}
            <Link href={trialAddress(run.experiment, run)}>trial {trialName(run)}</Link>
          </span>
        ))}
      </p>
    </Dialog>
  );
}
