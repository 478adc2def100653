import { type ReactElement, useState } from 'react';
import type { Experiment } from '../../../shared/records/experiment.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import form from '../../components/form.module.css';
import { useCommands } from '../../state/commands.ts';
import { useAction, useNamedViews, useSession } from '../../state/use-workbench.ts';
import { useWriting } from '../../state/use-writing.ts';
import { MenuItem, MenuLine, MenuTitle, PopupMenu } from './leaderboard-menu.tsx';
import { DEFAULT_SORT, type SearchView } from './search-view.ts';
import type { OrderHold } from './use-order-hold.ts';

interface ViewsProps {
  readonly experiment: Experiment;
  readonly view: SearchView;
  readonly onChange: (change: Partial<SearchView>) => void;
  readonly hold: OrderHold;
}

/** As the leaderboard opens. */
const PLAIN: Partial<SearchView> = { mode: 'cells', filter: '', sort: DEFAULT_SORT, columns: [], isTrash: false };

/** Filters, orders and columns under a name; and the trash. */
export function ViewMenu({ experiment, view, onChange, hold }: ViewsProps): ReactElement {
  const views = useNamedViews();
  const named = views.kind === 'ready' ? views.value : [];
  const [asking, setAsking] = useState<'save' | 'remove' | null>(null);
  const writing = useWriting();
  useCommands([
    {
      id: 'save-view',
      title: 'Save this view under a name',
      group: 'Leaderboard',
      isEnabled: !writing.disabled,
      run: () => setAsking('save'),
    },
    {
      id: 'trash',
      title: view.isTrash ? 'Leave the trash' : 'Show the trash',
      group: 'Leaderboard',
      run: () => onChange({ isTrash: !view.isTrash }),
    },
  ]);
  return (
    <>
      <PopupMenu trigger="View ▾" align="end" hold={hold}>
        <MenuItem onPress={() => onChange(PLAIN)}>All, best first</MenuItem>
        {named.length === 0 ? null : <MenuTitle>Saved</MenuTitle>}
        {named.map(({ name, ...saved }) => (
          <MenuItem key={name} onPress={() => onChange({ ...saved, isTrash: false })}>
            {name}
          </MenuItem>
        ))}
        <MenuLine />
        <MenuItem disabled={writing.disabled} onPress={() => setAsking('save')}>
          Save this view…
        </MenuItem>
        <MenuItem disabled={writing.disabled || named.length === 0} onPress={() => setAsking('remove')}>
          Remove a view…
        </MenuItem>
        <MenuLine />
        <MenuItem onPress={() => onChange({ isTrash: !view.isTrash })}>
          {view.isTrash ? 'Leave the trash' : `Trash (${experiment.trashed.toLocaleString('en')})`}
        </MenuItem>
      </PopupMenu>
      {asking === 'save' ? <SaveView view={view} onClose={() => setAsking(null)} /> : null}
      {asking === 'remove' ? (
        <RemoveView names={named.map(({ name }) => name)} onClose={() => setAsking(null)} />
      ) : null}
    </>
  );
}

function SaveView({ view, onClose }: { view: SearchView; onClose: () => void }): ReactElement {
  const session = useSession();
  const action = useAction();
  const [name, setName] = useState('');
  const writing = useWriting(name.trim() !== '');
  const { mode, filter, sort, columns } = view;
  const save = async (): Promise<void> => {
    if (writing.disabled) return;
    const saved = { name: name.trim(), mode, filter, sort, columns: [...columns] };
    if (await action.run(() => session.call('view.save', { view: saved }))) onClose();
  };
  return (
    <Dialog
      title="Save this view"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button {...writing} kind="primary" isBusy={action.isBusy} onClick={() => void save()}>
            Save view
          </Button>
        </>
      }
    >
      <p>Mode, filter, order and columns are kept with the project. A view of the same name is replaced.</p>
      <Field label="Name" hint={action.error?.message}>
        {(ids) => (
          <input
            {...ids}
            className={form.input}
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') void save();
            }}
          />
        )}
      </Field>
    </Dialog>
  );
}

function RemoveView({ names, onClose }: { names: readonly string[]; onClose: () => void }): ReactElement {
  const session = useSession();
  const action = useAction();
  const [name, setName] = useState(names[0] ?? '');
  const writing = useWriting(name !== '');
  const remove = async (): Promise<void> => {
    if (await action.run(() => session.call('view.remove', { name }))) onClose();
  };
  return (
    <Dialog
      title="Remove a view"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button {...writing} kind="danger" isBusy={action.isBusy} onClick={() => void remove()}>
            Remove view
          </Button>
        </>
      }
    >
      <Field label="View" hint={action.error?.message}>
        {(ids) => (
          <select {...ids} className={form.input} value={name} onChange={(event) => setName(event.target.value)}>
            {names.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        )}
      </Field>
    </Dialog>
  );
}
