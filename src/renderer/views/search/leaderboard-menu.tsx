import { CSPProvider } from '@base-ui/react/csp-provider';
import { Menu } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import menu from '../../components/menu.module.css';
import styles from './leaderboard-menu.module.css';
import type { OrderHold } from './use-order-hold.ts';

export interface PopupMenuProps {
  /** Accessible name where the trigger has no word. */
  readonly label?: string;
  readonly trigger: ReactNode;
  readonly className?: string | undefined;
  readonly tabIndex?: number;
  readonly align?: 'start' | 'end';
  /** Rows don't move while the menu is open. */
  readonly hold?: OrderHold;
  readonly children: ReactNode;
}

/** A button that opens a list of actions and choices. */
export function PopupMenu(props: PopupMenuProps): ReactElement {
  const { label, trigger, className, tabIndex, align = 'start', hold, children } = props;
  return (
    <CSPProvider disableStyleElements>
      <Menu.Root onOpenChange={(isOpen) => hold?.set('menu', isOpen)}>
        <Menu.Trigger
          className={className ?? styles.trigger}
          {...(label === undefined ? {} : { 'aria-label': label, title: label })}
          {...(tabIndex === undefined ? {} : { tabIndex })}
        >
          {trigger}
        </Menu.Trigger>
        <MenuPopup align={align}>{children}</MenuPopup>
      </Menu.Root>
    </CSPProvider>
  );
}

export function MenuPopup({ align, children }: { align?: 'start' | 'end'; children: ReactNode }): ReactElement {
  return (
    <Menu.Portal>
      <Menu.Positioner className={menu.positioner} side="bottom" align={align ?? 'start'} sideOffset={4}>
        <Menu.Popup className={`${menu.popup} ${styles.popup}`}>{children}</Menu.Popup>
      </Menu.Positioner>
    </Menu.Portal>
  );
}

export function MenuItem(props: {
  readonly onPress: () => void;
  /** The key that does the same. */
  readonly hint?: string;
  readonly disabled?: boolean;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <Menu.Item className={menu.item} disabled={props.disabled ?? false} onClick={props.onPress}>
      <span className={styles.words}>{props.children}</span>
      {props.hint === undefined ? null : <kbd className={menu.hint}>{props.hint}</kbd>}
    </Menu.Item>
  );
}

/** A choice that is on or off; the menu stays open. */
export function MenuCheck(props: {
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <Menu.CheckboxItem className={menu.item} checked={props.isOn} onCheckedChange={props.onChange} closeOnClick={false}>
      <span className={styles.check}>{props.isOn ? <Check size={14} aria-hidden="true" /> : null}</span>
      <span className={styles.words}>{props.children}</span>
    </Menu.CheckboxItem>
  );
}

export const MenuLine = (): ReactElement => <Menu.Separator className={styles.line} />;

export function MenuTitle({ children }: { children: ReactNode }): ReactElement {
  return <div className={styles.title}>{children}</div>;
}
