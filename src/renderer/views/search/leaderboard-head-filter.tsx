import { type ReactElement, useState } from 'react';
import { FILTER_FIELDS, type FilterKind, parseFilter, quoteValue } from '../../../shared/leaderboard/filter.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import form from '../../components/form.module.css';
import type { Column } from './leaderboard-columns.ts';

/** What a column's menu asks of its values. */
export type ColumnQuestion = 'is' | 'between' | 'contains' | 'set';

export const QUESTIONS: Readonly<Record<ColumnQuestion, string>> = {
  is: 'Is',
  between: 'Between',
  contains: 'Contains',
  set: 'Is set',
};

const kindOf = (field: string): FilterKind | undefined => FILTER_FIELDS.find(({ name }) => name === field)?.kind;

export function questionsFor(field: string): readonly ColumnQuestion[] {
  switch (kindOf(field)) {
    case 'flag':
      return ['set'];
    case 'state':
    case 'operation':
      return ['is'];
    case 'text':
      return field === 'hash' || field === 'tag' ? ['is'] : ['contains'];
    default:
      return ['is', 'between'];
  }
}

/** The condition as a word of the filter; the one of a range may lack an end. */
export function termFor(field: string, question: ColumnQuestion, first: string, second: string): string {
  if (question === 'between') return `${field}:${first.trim()}..${second.trim()}`;
  const values = question === 'contains' ? [first] : first.split(',');
  return `${field}:${values.map((value) => quoteValue(value.trim())).join(',')}`;
}

/** A question that was chosen from the menu of a column. */
export interface AskedQuestion {
  readonly column: Column;
  readonly question: ColumnQuestion;
}

/** Asks for the values of a condition and says at once what is wrong with them. */
export function FilterDialog(props: {
  readonly column: Column;
  readonly question: ColumnQuestion;
  readonly onTerm: (term: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const { column, question, onTerm, onClose } = props;
  const field = column.field ?? '';
  const [first, setFirst] = useState('');
  const [second, setSecond] = useState('');
  const isEmpty = first.trim() === '' && second.trim() === '';
  const term = termFor(field, question, first, second);
  const parsed = parseFilter(term);
  const problem = isEmpty || parsed.kind === 'ready' ? undefined : parsed.sentence;
  const example = FILTER_FIELDS.find(({ name }) => name === field)?.example ?? '';
  const hint = problem ?? (isEmpty ? `In the filter it is written as in ${example}.` : `Filter: ${term}`);
  const apply = (): void => {
    if (isEmpty || problem !== undefined) return;
    onTerm(term);
    onClose();
  };
  const input = (value: string, change: (value: string) => void, ids: { id: string }) => (
    <input
      {...ids}
      className={form.input}
      value={value}
      aria-invalid={problem !== undefined}
      spellCheck={false}
      onChange={(event) => change(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') apply();
      }}
    />
  );
  return (
    <Dialog
      title={`${column.title} ${QUESTIONS[question].toLowerCase()}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" disabled={isEmpty || problem !== undefined} onClick={apply}>
            Filter
          </Button>
        </>
      }
    >
      <Field label={question === 'between' ? 'From' : column.title} hint={hint}>
        {(ids) => input(first, setFirst, ids)}
      </Field>
      {question === 'between' ? <Field label="To">{(ids) => input(second, setSecond, ids)}</Field> : null}
    </Dialog>
  );
}
