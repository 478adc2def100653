import { ContextMenu } from '@base-ui/react/context-menu';
import { CSPProvider } from '@base-ui/react/csp-provider';
import type { MouseEvent, ReactElement, ReactNode } from 'react';
import { keyCaps } from '../../state/command-keys.ts';
import type { Command } from '../../state/commands.ts';
import styles from './leaderboard-menu.module.css';
import { MenuItem, MenuPopup } from './leaderboard-menu.tsx';
import type { OrderHold } from './use-order-hold.ts';
import type { RowSelection } from './use-row-selection.ts';

const IS_MAC = /Mac/.test(navigator.userAgent);

/** What can be done with the selected rows, by the secondary button or the menu key. */
export function RowMenu(props: {
  readonly commands: readonly Command[];
  readonly selection: RowSelection;
  readonly hold: OrderHold;
  readonly children: ReactNode;
}): ReactElement {
  const { commands, selection, hold, children } = props;
  const choose = (event: MouseEvent): void => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-item]') : null;
    if (row === null) return;
    const item = Number(row.dataset.item);
    const { cursor, range } = selection;
    const isChosen = range === null ? item === cursor : item >= range.from && item <= range.to;
    if (!isChosen)
      selection.move(
        () => item,
        false,
        () => undefined,
      );
  };
  return (
    <CSPProvider disableStyleElements>
      <ContextMenu.Root onOpenChange={(isOpen) => hold.set('menu', isOpen)}>
        <ContextMenu.Trigger className={styles.area} onContextMenu={choose}>
          {children}
        </ContextMenu.Trigger>
        <MenuPopup>
          {commands.map(({ id, title, key, isEnabled, run }) => (
            <MenuItem
              key={id}
              disabled={isEnabled === false}
              onPress={run}
              {...(key === undefined ? {} : { hint: keyCaps(key, IS_MAC).join(' ') })}
            >
              {title}
            </MenuItem>
          ))}
        </MenuPopup>
      </ContextMenu.Root>
    </CSPProvider>
  );
}
