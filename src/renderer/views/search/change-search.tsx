import { type ReactElement, useState } from 'react';
import { PROCEDURES } from '../../../shared/contract.ts';
import type { Experiment } from '../../../shared/records/experiment.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import form from '../../components/form.module.css';
import { issueSentence } from '../../components/issue-sentence.ts';
import { plural } from '../../components/words.ts';
import { finishedTrials } from '../../state/search-progress.ts';
import { useAction, useSession } from '../../state/use-workbench.ts';
import { useWriting } from '../../state/use-writing.ts';

const HOUR_MS = 3_600_000;

/** What may be changed while a search is under way. */
export function ChangeSearch({ experiment, onClose }: { experiment: Experiment; onClose: () => void }): ReactElement {
  const { budget, trialsAtOnce } = experiment.config;
  const session = useSession();
  const writing = useWriting();
  const action = useAction();
  const [trials, setTrials] = useState(budget.trials);
  const [hours, setHours] = useState(budget.timeLimitMs / HOUR_MS);
  const [atOnce, setAtOnce] = useState(trialsAtOnce);
  const asked = {
    experiment: experiment.id,
    trials,
    timeLimitMs: Math.round(hours * HOUR_MS),
    trialsAtOnce: atOnce,
  };
  const parsed = PROCEDURES['experiment.change'].input.safeParse(asked);
  const problems = new Map(parsed.error?.issues.map((issue) => [String(issue.path[0]), issueSentence(issue)]));
  const done = finishedTrials(experiment);
  const save = async (): Promise<void> => {
    if (await action.run(() => session.call('experiment.change', asked))) onClose();
  };
  return (
    <Dialog
      title="Change what is left"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            isBusy={action.isBusy}
            disabled={writing.disabled || !parsed.success}
            title={writing.title}
            onClick={() => void save()}
          >
            Change
          </Button>
        </>
      }
    >
      <div className={form.form}>
        <NumberInput
          label="Trials in all"
          hint={`${plural(done, 'trial')} finished; with that many or fewer the search ends.`}
          problem={problems.get('trials')}
          value={trials}
          onChange={setTrials}
        />
        <NumberInput
          label="Trials at once"
          hint="Each has a trainer of its own."
          problem={problems.get('trialsAtOnce')}
          value={atOnce}
          onChange={setAtOnce}
        />
        <NumberInput
          label="Time limit in hours"
          hint="No trial is begun after so long in the running state; 0 is no limit."
          problem={problems.get('timeLimitMs')}
          value={hours}
          onChange={setHours}
        />
      </div>
      {action.error === null ? null : (
        <p role="alert" className={form.problem}>
          {action.error.message}
        </p>
      )}
    </Dialog>
  );
}

function NumberInput(props: {
  label: string;
  hint: string;
  problem: string | undefined;
  value: number;
  onChange: (value: number) => void;
}): ReactElement {
  const { label, hint, problem, value, onChange } = props;
  return (
    <Field label={label} hint={hint} problem={problem}>
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
