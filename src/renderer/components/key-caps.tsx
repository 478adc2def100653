import type { ReactElement } from 'react';
import { keyCaps } from '../state/command-keys.ts';
import styles from './key-caps.module.css';

const isMac = navigator.platform.startsWith('Mac');

/** A key as the keyboard has it: one cap beside the other. */
export function KeyCaps({ keys }: { keys: string }): ReactElement {
  return (
    <span className={styles.caps}>
      {keyCaps(keys, isMac).map((cap) => (
        <kbd key={cap} className={styles.cap}>
          {cap}
        </kbd>
      ))}
    </span>
  );
}
