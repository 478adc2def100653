import { useStatus } from './use-workbench.ts';

/** For a button that writes: whether it can, and the reason where it can't. */
export interface Writing {
  readonly disabled: boolean;
  readonly title: string | undefined;
}

/** `isReady`: whether it could but for the connection; `title`: the button's own. */
export function useWriting(isReady = true, title?: string): Writing {
  const isConnected = useStatus().kind === 'connected';
  return {
    disabled: !isConnected || !isReady,
    title: isConnected ? title : 'Not possible while the workbench does not answer; it is tried again by itself',
  };
}
