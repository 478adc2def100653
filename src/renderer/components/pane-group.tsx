import { createContext, type KeyboardEvent, type ReactElement, type ReactNode, useContext } from 'react';
import { Group, type GroupImperativeHandle, Separator, useDefaultLayout, useGroupRef } from 'react-resizable-panels';
import styles from './pane-group.module.css';

/** An arrow moves a separator so far. Pixels (design). */
const ARROW_PX = 16;

interface Resizing {
  readonly isHorizontal: boolean;
  readonly group: { readonly current: GroupImperativeHandle | null };
  readonly keep: (layout: Record<string, number>) => void;
}
const ResizingContext = createContext<Resizing | null>(null);

/** Panes side by side or one above the other; their sizes are kept for this person under `id`. */
export function PaneGroup(props: {
  id: string;
  orientation: 'horizontal' | 'vertical';
  children: ReactNode;
}): ReactElement {
  const { id, orientation, children } = props;
  const group = useGroupRef();
  const { defaultLayout, onLayoutChanged } = useDefaultLayout({ id: `cellwright.panes.${id}` });
  const keep = (layout: Record<string, number>): void =>
    onLayoutChanged(layout, { isUserInteraction: true, requestedLayout: layout });
  return (
    <ResizingContext value={{ isHorizontal: orientation === 'horizontal', group, keep }}>
      <Group
        id={id}
        orientation={orientation}
        groupRef={group}
        className={styles.group}
        defaultLayout={defaultLayout}
        onLayoutChanged={onLayoutChanged}
      >
        {children}
      </Group>
    </ResizingContext>
  );
}

/** Between the panes `before` and `after`, by their ids. Arrows move it by pixels; a double click resets it. */
export function PaneSeparator(props: { before: string; after: string; label: string }): ReactElement {
  const { before, after, label } = props;
  const resizing = useContext(ResizingContext);
  const move = (event: KeyboardEvent<HTMLDivElement>): void => {
    const group = resizing?.group.current;
    const box = event.currentTarget.parentElement?.getBoundingClientRect();
    if (resizing === null || group === null || group === undefined || box === undefined) return;
    const { isHorizontal, keep } = resizing;
    const [less, more] = isHorizontal ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
    if (event.key !== less && event.key !== more) return;
    // Before the library hears it, which would move by five percent.
    event.preventDefault();
    const share = ((event.key === less ? -1 : 1) * ARROW_PX * 100) / (isHorizontal ? box.width : box.height);
    const layout = group.getLayout();
    keep(
      group.setLayout({
        ...layout,
        [before]: (layout[before] ?? 0) + share,
        [after]: (layout[after] ?? 0) - share,
      }),
    );
  };
  return <Separator aria-label={label} className={styles.separator} onKeyDownCapture={move} />;
}
