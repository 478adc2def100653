import { type ReactElement, useState } from 'react';
import type { LeaderboardRow } from '../../../shared/records/leaderboard.ts';
import { trialName } from '../../../shared/trial-name.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import form from '../../components/form.module.css';
import { plural } from '../../components/words.ts';
import { useAction, useSession } from '../../state/use-workbench.ts';
import { useWriting } from '../../state/use-writing.ts';
import styles from './leaderboard.module.css';

/** Characters of a note, and of a tag; tags of a cell (contract). */
const LONGEST_NOTE = 2_000;
const LONGEST_TAG = 40;
const MOST_TAGS = 20;

/** `Odd start, promising` as tags, each once. */
export function readTags(text: string): string[] {
  return [...new Set(text.split(',').map((tag) => tag.trim()))].filter((tag) => tag !== '');
}

/** Note and tags of the cells of some rows. Tags that only some of them have are left as they are. */
export function LabelsDialog(props: {
  readonly experiment: number;
  readonly rows: readonly LeaderboardRow[];
  readonly onClose: () => void;
}): ReactElement {
  const { experiment, rows, onClose } = props;
  const session = useSession();
  const action = useAction();
  const [first] = rows;
  const isOne = rows.length === 1;
  const before = commonTags(rows);
  const [note, setNote] = useState(isOne ? (first?.labels.note ?? '') : '');
  const [tagText, setTagText] = useState(before.join(', '));
  const tags = readTags(tagText);
  const problem = tagProblem(tags) ?? action.error?.message;
  const writing = useWriting(tagProblem(tags) === undefined);
  const save = async (): Promise<void> => {
    const saved = await action.run(() =>
      session.call('leaderboard.label', {
        experiment,
        trials: rows.map(({ trial }) => trial.trial),
        ...(isOne || note !== '' ? { note } : {}),
        addTags: tags.filter((tag) => !before.includes(tag)),
        removeTags: before.filter((tag) => !tags.includes(tag)),
      }),
    );
    if (saved) onClose();
  };
  const title = isOne
    ? `Note and tags of the cell of trial ${first === undefined ? '' : trialName(first.trial)}`
    : `Note and tags of ${plural(rows.length, 'cell')}`;
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button {...writing} kind="primary" isBusy={action.isBusy} onClick={() => void save()}>
            Save
          </Button>
        </>
      }
    >
      <Field label="Note" hint={isOne ? undefined : 'Left empty, the notes stay as they are.'}>
        {(ids) => (
          <textarea
            {...ids}
            className={`${form.input} ${styles.noteField}`}
            maxLength={LONGEST_NOTE}
            rows={4}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        )}
      </Field>
      <Field label="Tags" hint={problem ?? 'Separated by commas. A filter finds them by tag:promising.'}>
        {(ids) => (
          <input
            {...ids}
            className={form.input}
            value={tagText}
            aria-invalid={problem !== undefined}
            onChange={(event) => setTagText(event.target.value)}
          />
        )}
      </Field>
    </Dialog>
  );
}

function commonTags(rows: readonly LeaderboardRow[]): readonly string[] {
  const [first, ...rest] = rows;
  return (first?.labels.tags ?? []).filter((tag) => rest.every(({ labels }) => labels.tags.includes(tag)));
}

function tagProblem(tags: readonly string[]): string | undefined {
  const long = tags.find((tag) => tag.length > LONGEST_TAG);
  if (long !== undefined) return `“${long}” is longer than ${LONGEST_TAG} characters.`;
  return tags.length > MOST_TAGS ? `A cell has at most ${MOST_TAGS} tags; these are ${tags.length}.` : undefined;
}
