import { Menu } from '@base-ui/react/menu';
import { Copy, Ellipsis } from 'lucide-react';
import type { ReactElement } from 'react';
import { useLocation } from 'wouter';
import type { Experiment, Trial } from '../../../shared/records/experiment.ts';
import { trialName } from '../../../shared/trial-name.ts';
import { copyText } from '../../components/clipboard.ts';
import menu from '../../components/menu.module.css';
import { architectureText } from '../../graphs/cell-file-names.ts';
import { tellDone } from '../../state/announcements.ts';
import { type Command, useCommands } from '../../state/commands.ts';
import { type RowId, rowKeyOf } from '../../state/row-key.ts';
import styles from './cell-pane.module.css';

/** The form for a new search that begins with a trial's cells. */
export const startFromAddress = (experiment: number, row: RowId): string => `/new?from=${experiment}:${rowKeyOf(row)}`;

/** Drawing and saving come with the graphs; the menu must not bring them into the first load. */
const files = () => import('../../graphs/cell-files.ts');

/** What can be done with a trial's cells as a whole. */
function cellActions(trial: Trial, open: (address: string) => void): readonly Omit<Command, 'group'>[] {
  const { architecture } = trial;
  const save = (kind: 'normal' | 'reduction') => async (): Promise<void> =>
    (await files()).saveSvg({ trial, kind, cell: architecture[kind] });
  return [
    { id: 'copy-cells', title: 'Copy JSON', run: () => void copyCells(trial) },
    {
      id: 'save-cells',
      title: 'Save JSON',
      run: () => void files().then(({ saveArchitecture }) => saveArchitecture(trial, architecture)),
    },
    { id: 'save-normal', title: 'Save Normal cell as SVG', run: () => void save('normal')() },
    { id: 'save-reduction', title: 'Save Reduction cell as SVG', run: () => void save('reduction')() },
    {
      id: 'start-from-cell',
      title: 'Start a search from this cell',
      run: () => open(startFromAddress(trial.experiment, trial)),
    },
  ];
}

async function copyCells(trial: Trial): Promise<void> {
  const isCopied = await copyText(architectureText(trial.architecture));
  tellDone(
    isCopied
      ? `Copied the cells of trial ${trialName(trial)} as JSON.`
      : 'This browser did not let the page copy. Save the JSON instead.',
  );
}

/** The same actions in the palette. */
export function useCellCommands(experiment: Experiment, trial: Trial): void {
  const [, open] = useLocation();
  const actions = cellActions({ ...trial, experiment: experiment.id }, open);
  useCommands(actions.map((action) => ({ ...action, group: 'Cell' })));
}

/** Copy, and the rest behind "⋯". */
export function CellMenu({ experiment, trial }: { experiment: Experiment; trial: Trial }): ReactElement {
  const [, open] = useLocation();
  const actions = cellActions({ ...trial, experiment: experiment.id }, open);
  return (
    <>
      <button
        type="button"
        className={styles.icon}
        title="Copy JSON"
        aria-label="Copy JSON"
        onClick={() => void copyCells(trial)}
      >
        <Copy size={16} aria-hidden="true" />
      </button>
      <Menu.Root modal={false}>
        <Menu.Trigger className={styles.icon} title="More" aria-label="More for this cell">
          <Ellipsis size={16} aria-hidden="true" />
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner className={menu.positioner} side="bottom" align="end" sideOffset={4}>
            <Menu.Popup className={menu.popup}>
              {actions.map(({ id, title, run }) => (
                <Menu.Item key={id} className={menu.item} onClick={run}>
                  {title}
                </Menu.Item>
              ))}
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
    </>
  );
}
