import { Undo2, X } from 'lucide-react';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { Button, IconButton } from '../../components/button.tsx';
import { type UndoOffer, useUndoOffer, withdrawUndo } from '../../state/announcements.ts';
import { useCommands } from '../../state/commands.ts';
import { useAction } from '../../state/use-workbench.ts';
import styles from './undo-toast.module.css';

/** How long something can be taken back. Milliseconds (design). */
const OFFERED_MS = 10_000;

/** What was done last, and the way back, at the foot of the window. */
export function UndoToast(): ReactElement | null {
  const offer = useUndoOffer();
  return offer === null ? null : <Toast key={offer.id} offer={offer} />;
}

function Toast({ offer }: { offer: UndoOffer }): ReactElement {
  const { id, text, undo } = offer;
  const action = useAction();
  const [isHovered, setIsHovered] = useState(false);
  const [isFocused, setIsFocused] = useState(false);
  const left = useRef(OFFERED_MS);
  const isHeld = isHovered || isFocused || action.isBusy || action.error !== null;
  useEffect(() => {
    if (isHeld) return;
    const began = performance.now();
    const timer = setTimeout(() => withdrawUndo(id), left.current);
    return () => {
      clearTimeout(timer);
      left.current -= performance.now() - began;
    };
  }, [id, isHeld]);
  const takeBack = async (): Promise<void> => {
    if (await action.run(undo)) withdrawUndo(id);
  };
  useCommands([{ id: 'undo', title: `Undo: ${text}`, group: 'Everywhere', key: 'Ctrl+Z', run: () => void takeBack() }]);
  return (
    <section
      className={styles.toast}
      aria-label="Undo"
      onMouseEnter={() => setIsHovered(true)}
      onMouseLeave={() => setIsHovered(false)}
      onFocus={() => setIsFocused(true)}
      onBlur={(event) => setIsFocused(event.currentTarget.contains(event.relatedTarget))}
    >
      <p role={action.error === null ? undefined : 'alert'}>{action.error?.message ?? text}</p>
      <Button
        icon={<Undo2 size={14} aria-hidden="true" />}
        isBusy={action.isBusy}
        title="Ctrl Z"
        onClick={() => void takeBack()}
      >
        Undo
      </Button>
      <IconButton label="Close" icon={<X size={16} aria-hidden="true" />} onClick={() => withdrawUndo(id)} />
    </section>
  );
}
