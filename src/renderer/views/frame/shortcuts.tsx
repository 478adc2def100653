import type { ReactElement } from 'react';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { KeyCaps } from '../../components/key-caps.tsx';
import { useCommandList } from '../../state/commands.ts';
import { letterKeys, useLetterKeys } from '../../state/letter-keys.ts';
import { showDialog } from '../../state/open-dialogs.ts';
import styles from './shortcuts.module.css';

interface KeyLine {
  readonly title: string;
  readonly keys: readonly string[];
}

/** Keys that tables and graphs know themselves. */
const WITHIN: readonly { readonly group: string; readonly lines: readonly KeyLine[] }[] = [
  {
    group: 'In a table',
    lines: [
      { title: 'Previous, next row', keys: ['ArrowUp', 'ArrowDown'] },
      { title: 'Further', keys: ['PgUp', 'PgDn', 'Home', 'End'] },
      { title: 'More rows', keys: ['Shift+ArrowUp', 'Shift+ArrowDown'] },
      { title: 'Trials of a cell: show, hide', keys: ['ArrowRight', 'ArrowLeft'] },
    ],
  },
  {
    group: 'In a graph',
    lines: [
      { title: 'Along the edges', keys: ['ArrowLeft', 'ArrowRight'] },
      { title: 'Within the layer', keys: ['ArrowUp', 'ArrowDown'] },
      { title: 'Larger, smaller, whole', keys: ['+', '-', '0'] },
    ],
  },
];

/** All keys that do something now, and the switch for those of one letter. */
export function Shortcuts(): ReactElement {
  const commands = useCommandList();
  const isOn = useLetterKeys();
  const groups = new Map<string, KeyLine[]>();
  for (const { title, group, key } of commands) {
    if (key !== undefined) groups.set(group, [...(groups.get(group) ?? []), { title, keys: [key] }]);
  }
  const close = (): void => showDialog(null);
  return (
    <Dialog title="Keys" isWide onClose={close} actions={<Button onClick={close}>Close</Button>}>
      <label className={styles.switch}>
        <input
          type="checkbox"
          role="switch"
          checked={isOn}
          aria-checked={isOn}
          onChange={(event) => letterKeys.set(event.target.checked)}
        />
        Single-letter keys
      </label>
      <p className={styles.hint}>
        Letters, digits and Del work while the focus is in a table or a graph. F6 goes from pane to pane.
      </p>
      <div className={styles.groups}>
        {[...groups, ...WITHIN.map(({ group, lines }) => [group, lines] as const)].map(([group, lines]) => (
          <section key={group} className={styles.group}>
            <h3>{group}</h3>
            <dl>
              {lines.map(({ title, keys }) => (
                <div key={title} className={styles.line}>
                  <dt>{title}</dt>
                  <dd>
                    {keys.map((key) => (
                      <KeyCaps key={key} keys={key} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
