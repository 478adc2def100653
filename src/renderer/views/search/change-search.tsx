import { type ReactElement, useState } from 'react';
import type { Experiment } from '../../../shared/records/experiment.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import form from '../../components/form.module.css';
import { useAction, useSession } from '../../state/use-workbench.ts';

const HOUR_MS = 3_600_000;

/** What may be changed while a search is under way. */
export function ChangeSearch({ experiment, onClose }: { experiment: Experiment; onClose: () => void }): ReactElement {
  const { budget, trialsAtOnce } = experiment.config;
  const session = useSession();
  const action = useAction();
  const [trials, setTrials] = useState(budget.trials);
  const [hours, setHours] = useState(budget.timeLimitMs / HOUR_MS);
  const [atOnce, setAtOnce] = useState(trialsAtOnce);
  const change = { trials, timeLimitMs: Math.round(hours * HOUR_MS), trialsAtOnce: atOnce };
  const isWhole = Object.values(change).every(Number.isInteger);
  const save = async (): Promise<void> => {
    const asked = { experiment: experiment.id, ...change };
    if (await action.run(() => session.call('experiment.change', asked))) onClose();
  };
  return (
    <Dialog
      title="Change what is left"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" isBusy={action.isBusy} disabled={!isWhole} onClick={() => void save()}>
            Change
          </Button>
        </>
      }
    >
      <div className={form.form}>
        <NumberInput label="Trials in all" value={trials} onChange={setTrials} />
        <NumberInput label="Trials at once" value={atOnce} onChange={setAtOnce} />
        <NumberInput
          label="Time limit in hours"
          hint="No trial is begun after so long in the running state; 0 is no limit."
          value={hours}
          onChange={setHours}
        />
      </div>
      {action.error === null ? null : <p role="alert">{action.error.message}</p>}
    </Dialog>
  );
}

function NumberInput(props: {
  label: string;
  hint?: string;
  value: number;
  onChange: (value: number) => void;
}): ReactElement {
  const { label, hint, value, onChange } = props;
  return (
    <Field label={label} hint={hint}>
      {(ids) => (
        <input
          {...ids}
          type="number"
          step="any"
          min={0}
          className={`${form.input} ${form.number}`}
          value={Number.isNaN(value) ? '' : value}
          onChange={(event) => onChange(event.target.valueAsNumber)}
        />
      )}
    </Field>
  );
}
