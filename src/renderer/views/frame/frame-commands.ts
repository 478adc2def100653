import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { useHost } from '../../host/use-host.ts';
import { type Command, commandRegistry, useCommands } from '../../state/commands.ts';
import { showDialog } from '../../state/open-dialogs.ts';
import { chooseTheme, THEME_CHOICES, useThemeChoice } from '../../state/theme.ts';
import { focusPane } from './panes.ts';

export const THEME_WORDS = { system: 'as the system', light: 'light', dark: 'dark' } as const;

/** What can be done on every screen. The window's menu sends some of these ids. */
export function useFrameCommands(): void {
  const [, navigate] = useLocation();
  const theme = useThemeChoice();
  const nextTheme = THEME_CHOICES[(THEME_CHOICES.indexOf(theme) + 1) % THEME_CHOICES.length] ?? 'system';
  const everywhere = (commands: readonly Omit<Command, 'group'>[]): Command[] =>
    commands.map((command) => ({ ...command, group: 'Everywhere' }));
  const host = useHost();
  const { openProject } = host;
  useEffect(() => host.onCommand((id) => void commandRegistry.run(id)), [host]);
  useCommands(
    everywhere([
      ...(openProject === undefined ? [] : [{ id: 'open-project', title: 'Open a project…', run: openProject }]),
      { id: 'palette', title: 'Search or run…', key: 'Ctrl+K', run: () => showDialog('palette') },
      { id: 'shortcuts', title: 'Show all keys', key: '?', run: () => showDialog('shortcuts') },
      { id: 'home', title: 'Go to Home', key: 'Ctrl+Shift+H', run: () => navigate('/') },
      { id: 'new-search', title: 'New search…', run: () => navigate('/new') },
      { id: 'doctor', title: 'Go to Doctor', run: () => navigate('/doctor') },
      { id: 'log', title: 'Show the log', run: () => showDialog('log') },
      { id: 'back', title: 'Back', key: 'Alt+ArrowLeft', run: () => history.back() },
      { id: 'forward', title: 'Forward', key: 'Alt+ArrowRight', run: () => history.forward() },
      { id: 'next-pane', title: 'Next pane', key: 'F6', run: () => focusPane(1) },
      { id: 'previous-pane', title: 'Previous pane', key: 'Shift+F6', run: () => focusPane(-1) },
      {
        id: 'theme',
        title: `Theme: ${THEME_WORDS[nextTheme]}`,
        run: () => chooseTheme(nextTheme),
      },
    ]),
  );
}
