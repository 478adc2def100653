import { useSyncExternalStore } from 'react';
import type { Theme } from './token-value.ts';

/** The theme that the page has now, and a new rendering when it changes: a canvas knows no custom properties. */
export function useActiveTheme(): Theme {
  return useSyncExternalStore(subscribe, activeTheme);
}

export const activeTheme = (): Theme => (document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light');

function subscribe(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
}
