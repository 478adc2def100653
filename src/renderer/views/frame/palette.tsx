import { Autocomplete } from '@base-ui/react/autocomplete';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { type ReactElement, useLayoutEffect, useRef, useState } from 'react';
import { useLocation, useRoute } from 'wouter';
import type { Experiment } from '../../../shared/records/experiment.ts';
import { KeyCaps } from '../../components/key-caps.tsx';
import { percent } from '../../components/words.ts';
import { useCommandList } from '../../state/commands.ts';
import { KeptChoice, useKeptChoice } from '../../state/kept-choice.ts';
import { showDialog } from '../../state/open-dialogs.ts';
import { parseRowKey, rowName, trialAddress } from '../../state/row-key.ts';
import { useExperiments } from '../../state/use-workbench.ts';
import styles from './palette.module.css';
import { type PaletteEntry, type PaletteGroup, paletteGroups, RECENT_LENGTH, trialWritten } from './palette-entries.ts';

const recentEntries = new KeptChoice<readonly string[]>('palette', (kept) => (kept ?? '').split('\n').filter(Boolean));

/** Searches, trials, screens and everything that can be done now, by a few letters of its name. */
export function Palette(): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  const [written, setWritten] = useState('');
  const recent = useKeptChoice(recentEntries);
  const groups = paletteGroups(useEntries(written), recent, written);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // While it is still in the page, so that the focus goes back to where it came from.
    return () => element?.close();
  }, []);
  const choose = (entry: PaletteEntry): void => {
    const ids = [entry.id, ...recent.filter((id) => id !== entry.id)].slice(0, RECENT_LENGTH);
    recentEntries.set(ids, ids.join('\n'));
    showDialog(null);
    // After the dialog has given the focus back.
    setTimeout(entry.run);
  };
  return (
    <dialog
      ref={dialog}
      className={styles.palette}
      aria-label="Search or run"
      onCancel={(event) => {
        event.preventDefault();
        showDialog(null);
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) showDialog(null);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        showDialog(null);
      }}
    >
      <CSPProvider disableStyleElements>
        <Autocomplete.Root
          open
          inline
          mode="none"
          items={groups}
          itemToStringValue={(entry: PaletteEntry) => entry.title}
          value={written}
          onValueChange={(value, { reason }) => {
            if (reason !== 'item-press') setWritten(value);
          }}
          autoHighlight="always"
          keepHighlight
        >
          <Autocomplete.Input
            className={styles.input}
            aria-label="Search or run"
            placeholder="A search, a screen, something to do, or a trial's number"
          />
          <div className={styles.scroll}>
            <Autocomplete.Empty className={styles.empty}>
              {groups.length === 0 ? 'Nothing of that name. Try a word of what you want to do.' : null}
            </Autocomplete.Empty>
            <Autocomplete.List>
              {(group: PaletteGroup) => (
                <Autocomplete.Group key={group.value} items={group.items}>
                  <Autocomplete.GroupLabel className={styles.group}>{group.value}</Autocomplete.GroupLabel>
                  <Autocomplete.Collection>
                    {(entry: PaletteEntry) => (
                      <Autocomplete.Item
                        key={entry.id}
                        value={entry}
                        className={styles.item}
                        onClick={() => choose(entry)}
                      >
                        <bdi className={styles.title} title={entry.title}>
                          {entry.title}
                        </bdi>
                        <span className={styles.detail} title={entry.detail}>
                          {entry.detail === group.value ? null : entry.detail}
                        </span>
                        {entry.key === undefined ? null : <KeyCaps keys={entry.key} />}
                      </Autocomplete.Item>
                    )}
                  </Autocomplete.Collection>
                </Autocomplete.Group>
              )}
            </Autocomplete.List>
          </div>
        </Autocomplete.Root>
      </CSPProvider>
    </dialog>
  );
}

function useEntries(written: string): PaletteEntry[] {
  const [, navigate] = useLocation();
  const commands = useCommandList();
  const experiments = useExperiments();
  const [isSearch, params] = useRoute('/experiments/:id/*?');
  const known = experiments.kind === 'ready' ? [...experiments.value.values()] : [];
  const open = isSearch ? known.find(({ id }) => id === Number(params.id)) : undefined;
  const row = open === undefined ? null : trialWritten(written, open);
  const trial: PaletteEntry[] =
    open === undefined || row === null
      ? []
      : [
          {
            id: `trial ${open.id}/${row}`,
            // What was written has to be found in it, as in every other entry.
            title: `Trial ${rowName(row)}`,
            detail: `#${rowName(row)} of ${open.config.name}`,
            group: 'Trials',
            run: () => navigate(trialAddress(open.id, parseRowKey(row))),
          },
        ];
  const searches = known
    .sort((one, other) => other.id - one.id)
    .map((experiment) => ({
      id: `search ${experiment.id}`,
      title: experiment.config.name,
      detail: searchDetail(experiment),
      group: 'Searches',
      run: () => navigate(`/experiments/${experiment.id}`),
    }));
  const actions = commands
    .filter(({ id, isEnabled }) => id !== 'palette' && isEnabled !== false)
    .map(({ id, title, group, key, run }) => ({ id, title, detail: group, group, key, run }));
  return [
    ...trial,
    ...actions.filter(({ group }) => group !== 'Everywhere'),
    ...searches,
    ...actions.filter(({ group }) => group === 'Everywhere'),
  ];
}

const searchDetail = ({ config, state, best }: Experiment): string =>
  `${config.dataset}, ${state}${best === null ? '' : `, best ${percent(best.reward)}`}`;
