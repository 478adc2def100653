import { Undo2, X } from 'lucide-react';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { Button, IconButton } from '../../components/button.tsx';
import { type Deed, useLastDeed, withdrawDeed } from '../../state/announcements.ts';
import { type Command, useCommands } from '../../state/commands.ts';
import { useAction } from '../../state/use-workbench.ts';
import { useWriting } from '../../state/use-writing.ts';
import styles from './toast.module.css';

/** How long something can be taken back. Milliseconds (design). */
const OFFERED_MS = 10_000;
/** How long it is told that something was done. Milliseconds (ours). */
const TOLD_MS = 6_000;

const NOTHING: readonly Command[] = [];

/** What was done last, and the way back where there is one, at the foot of the window. */
export function Toast(): ReactElement | null {
  const deed = useLastDeed();
  return deed === null ? null : <LastDeed key={deed.id} deed={deed} />;
}

function LastDeed({ deed }: { deed: Deed }): ReactElement {
  const { id, text, undo } = deed;
  const action = useAction();
  const [isHovered, setIsHovered] = useState(false);
  const [isFocused, setIsFocused] = useState(false);
  const left = useRef(undo === null ? TOLD_MS : OFFERED_MS);
  const isHeld = isHovered || isFocused || action.isBusy || action.error !== null;
  useEffect(() => {
    if (isHeld) return;
    const began = performance.now();
    const timer = setTimeout(() => withdrawDeed(id), left.current);
    return () => {
      clearTimeout(timer);
      left.current -= performance.now() - began;
    };
  }, [id, isHeld]);
  const takeBack = async (): Promise<void> => {
    if (undo !== null && (await action.run(undo))) withdrawDeed(id);
  };
  const writing = useWriting(true, 'Ctrl Z');
  const isEnabled = !writing.disabled;
  const command: Command = {
    ...{ id: 'undo', title: `Undo: ${text}`, group: 'Everywhere', key: 'Ctrl+Z', isEnabled },
    run: () => void takeBack(),
  };
  useCommands(undo === null ? NOTHING : [command]);
  return (
    <section
      className={styles.toast}
      aria-label={undo === null ? 'Done' : 'Undo'}
      onMouseEnter={() => setIsHovered(true)}
      onMouseLeave={() => setIsHovered(false)}
      onFocus={() => setIsFocused(true)}
      onBlur={(event) => setIsFocused(event.currentTarget.contains(event.relatedTarget))}
    >
      <p role={action.error === null ? undefined : 'alert'}>{action.error?.message ?? text}</p>
      {undo === null ? null : (
        <Button
          {...writing}
          icon={<Undo2 size={14} aria-hidden="true" />}
          isBusy={action.isBusy}
          onClick={() => void takeBack()}
        >
          Undo
        </Button>
      )}
      <IconButton label="Close" icon={<X size={16} aria-hidden="true" />} onClick={() => withdrawDeed(id)} />
    </section>
  );
}
