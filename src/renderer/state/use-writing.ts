import { useStatus } from './use-workbench.ts';

/** For a button that writes: whether it can, and the reason where it can't. */
export interface Writing {
  readonly disabled: boolean;
  readonly title: string | undefined;
}

export function useWriting(): Writing {
  const isConnected = useStatus().kind === 'connected';
  return {
    disabled: !isConnected,
    title: isConnected ? undefined : 'Not possible while the workbench does not answer; it is tried again by itself',
  };
}
