import { SharedValue, useShared } from './shared-value.ts';

/** The frame's own dialogs, of which one at most is open. */
export type FrameDialog = 'palette' | 'shortcuts' | 'log';

const open = new SharedValue<FrameDialog | null>(null);

export const showDialog = (dialog: FrameDialog | null): void => open.set(dialog);

export const useOpenDialog = (): FrameDialog | null => useShared(open);
