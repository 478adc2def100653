import { useSyncExternalStore } from 'react';

/** The frame's own dialogs, of which one at most is open. */
export type FrameDialog = 'palette' | 'shortcuts' | 'log';

let open: FrameDialog | null = null;
const listeners = new Set<() => void>();

export function showDialog(dialog: FrameDialog | null): void {
  open = dialog;
  for (const listener of listeners) listener();
}

export function useOpenDialog(): FrameDialog | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => open,
  );
}
