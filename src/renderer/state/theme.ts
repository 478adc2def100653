import { useSyncExternalStore } from 'react';

export const THEME_CHOICES = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof THEME_CHOICES)[number];

const KEY = 'cellwright.theme';
const listeners = new Set<() => void>();
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
let choice: ThemeChoice = readChoice();

systemIsDark.addEventListener('change', apply);

/** Kept for this person in this browser; public/theme.js reads it before the first paint. */
export function chooseTheme(next: ThemeChoice): void {
  choice = next;
  try {
    localStorage.setItem(KEY, next);
  } catch (error) {
    console.info('The theme holds until the page is closed: this browser keeps nothing.', error);
  }
  apply();
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => choice,
  );
}

function apply(): void {
  const isDark = choice === 'dark' || (choice === 'system' && systemIsDark.matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
  for (const listener of listeners) listener();
}

function readChoice(): ThemeChoice {
  try {
    return THEME_CHOICES.find((known) => known === localStorage.getItem(KEY)) ?? 'system';
  } catch {
    // A browser that keeps nothing gets the system's theme.
    return 'system';
  }
}
