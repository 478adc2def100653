import { Menu } from '@base-ui/react/menu';
import { Download } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import menu from '../components/menu.module.css';
import { type SavedCell, savePng, saveSvg } from './cell-files.ts';
import styles from './save-menu.module.css';
import { CELL_KIND_WORDS } from './thumbnail-summary.ts';

/** The picture of a cell as a file, in the form that its reader needs. */
export function SaveMenu(saved: SavedCell): ReactElement {
  const [problem, setProblem] = useState<string | null>(null);
  const save = async (work: () => void | Promise<void>): Promise<void> => {
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <Menu.Root modal={false}>
      {problem === null ? null : (
        <span role="alert" className={styles.problem} title={problem}>
          {problem}
        </span>
      )}
      <Menu.Trigger className={styles.trigger} aria-label={`Save ${CELL_KIND_WORDS[saved.kind]} cell`}>
        <Download size={14} aria-hidden="true" />
        Save
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className={menu.positioner} side="bottom" align="end" sideOffset={4}>
          <Menu.Popup className={menu.popup}>
            <Menu.Item className={menu.item} onClick={() => void save(() => saveSvg(saved))}>
              SVG <span className={menu.hint}>vector, for papers</span>
            </Menu.Item>
            <Menu.Item className={menu.item} onClick={() => void save(() => savePng(saved, 'screen'))}>
              PNG, 2× <span className={menu.hint}>for slides</span>
            </Menu.Item>
            <Menu.Item className={menu.item} onClick={() => void save(() => savePng(saved, 'paper'))}>
              PNG, 4× <span className={menu.hint}>for papers</span>
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
