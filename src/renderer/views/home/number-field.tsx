import type { ReactElement } from 'react';
import type { ExperimentConfig } from '../../../shared/records/experiment.ts';
import { Field } from '../../components/field.tsx';
import form from '../../components/form.module.css';
import { valueAt } from '../../state/config-values.ts';

/** What the controls of a new search share. */
export interface ValueProps {
  /** As the preset has it. */
  readonly standard: ExperimentConfig;
  /** With what was changed. */
  readonly draft: unknown;
  readonly problems: ReadonlyMap<string, string>;
  readonly onChange: (path: string, value: unknown) => void;
  /** Back to the preset's value. */
  readonly onReset: (path: string) => void;
}

interface NumberFieldProps extends ValueProps {
  readonly label: string;
  readonly path: string;
  readonly hint?: string;
  /** The value is so many times what is shown: 3,600,000 for hours. */
  readonly scale?: number;
}

export function NumberField(props: NumberFieldProps): ReactElement {
  const { label, path, hint, scale = 1, draft, problems, onChange } = props;
  const value = Number(valueAt(draft, path)) / scale;
  return (
    <Field label={label} hint={hint} problem={problems.get(path)}>
      {(ids) => (
        <input
          {...ids}
          type="number"
          step="any"
          className={`${form.input} ${form.number}`}
          value={Number.isNaN(value) ? '' : String(value)}
          onChange={({ target: { valueAsNumber } }) =>
            onChange(path, scale === 1 ? valueAsNumber : Math.round(valueAsNumber * scale))
          }
        />
      )}
    </Field>
  );
}
