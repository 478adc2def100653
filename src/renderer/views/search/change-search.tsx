import { type ReactElement, useState } from 'react';
import { PROCEDURES } from '../../../shared/contract.ts';
import type { Experiment } from '../../../shared/records/experiment.ts';
import { finishedTrials } from '../../../shared/search-state.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import form from '../../components/form.module.css';
import { issueSentence } from '../../components/issue-sentence.ts';
import { duration, plural } from '../../components/words.ts';
import { useAction, useSession } from '../../state/use-workbench.ts';
import { useWriting } from '../../state/use-writing.ts';

const HOUR_MS = 3_600_000;
const MOST_TRIALS = 1_000_000;

interface ChangeSearchProps {
  readonly experiment: Experiment;
  /** It has ended, and is to go on with what is asked for. */
  readonly isProlonged?: boolean;
  readonly onClose: () => void;
}

/** What may be changed while a search is under way, or lets one go on that has ended. */
export function ChangeSearch({ experiment, isProlonged = false, onClose }: ChangeSearchProps): ReactElement {
  const { config } = experiment;
  const budget = isProlonged ? longerBudget(experiment) : config.budget;
  const session = useSession();
  const writing = useWriting();
  const action = useAction();
  const [trials, setTrials] = useState(budget.trials);
  const [hours, setHours] = useState(budget.timeLimitMs / HOUR_MS);
  const [atOnce, setAtOnce] = useState(config.trialsAtOnce);
  const asked = {
    experiment: experiment.id,
    trials,
    timeLimitMs: Math.round(hours * HOUR_MS),
    trialsAtOnce: atOnce,
  };
  const parsed = PROCEDURES['experiment.change'].input.safeParse(asked);
  const problems = new Map(parsed.error?.issues.map((issue) => [String(issue.path[0]), issueSentence(issue)]));
  if (isProlonged && parsed.success) {
    for (const [field, problem] of endsAtOnce(experiment, asked)) problems.set(field, problem);
  }
  const done = finishedTrials(experiment);
  const change = async (): Promise<void> => {
    await session.call('experiment.change', asked);
    if (isProlonged) await session.call('experiment.resume', { experiment: experiment.id });
  };
  const save = async (): Promise<void> => {
    if (await action.run(change)) onClose();
  };
  return (
    <Dialog
      title={isProlonged ? 'Prolong this search' : 'Change what is left'}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            isBusy={action.isBusy}
            disabled={writing.disabled || problems.size > 0}
            title={writing.title}
            onClick={() => void save()}
          >
            {isProlonged ? 'Prolong search' : 'Change'}
          </Button>
        </>
      }
    >
      <div className={form.form}>
        <NumberInput
          label="Trials in all"
          hint={`${plural(done, 'trial')} finished; ${isProlonged ? 'it goes on from there' : 'with that many or fewer the search ends'}.`}
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

/** Twice of what it had, of whichever came to its end (ours): a first offer, to be changed. */
function longerBudget(experiment: Experiment): Experiment['config']['budget'] {
  const { config, runningMs } = experiment;
  const { trials, timeLimitMs } = config.budget;
  const isOutOfTime = timeLimitMs > 0 && runningMs >= timeLimitMs;
  return {
    trials: finishedTrials(experiment) >= trials ? Math.min(2 * trials, MOST_TRIALS) : trials,
    timeLimitMs: isOutOfTime ? 2 * timeLimitMs : timeLimitMs,
  };
}

/** Why a search that has ended would end at once again, by field. */
function endsAtOnce(
  experiment: Experiment,
  { trials, timeLimitMs }: { trials: number; timeLimitMs: number },
): [field: string, problem: string][] {
  const problems: [string, string][] = [];
  const done = finishedTrials(experiment);
  const { runningMs } = experiment;
  if (trials <= done) problems.push(['trials', `More than the ${plural(done, 'trial')} that are finished.`]);
  if (timeLimitMs > 0 && timeLimitMs <= runningMs) {
    problems.push(['timeLimitMs', `More than the ${duration(runningMs)} that it ran, or 0.`]);
  }
  return problems;
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
