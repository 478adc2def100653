import type { MenuItemConstructorOptions } from 'electron';

/**
 * Commands of the page that stand in the menu, by the ids that the page registers them under. The page knows their keys
 * too, and hears them first: a key that it has handled never reaches the menu.
 */
export const MENU_COMMANDS = ['palette', 'theme', 'shortcuts', 'pause-or-resume', 'log'] as const;
export type MenuCommand = (typeof MENU_COMMANDS)[number];

export interface MenuActions {
  readonly command: (command: MenuCommand) => void;
  /** Shows a screen, by its address in the page. */
  readonly show: (page: string) => void;
  readonly goBack: () => void;
  readonly goForward: () => void;
  readonly openProject: () => void;
  readonly openPaper: () => void;
}

export function menuTemplate(
  { isMac, isPackaged }: { isMac: boolean; isPackaged: boolean },
  actions: MenuActions,
): MenuItemConstructorOptions[] {
  const { command, show } = actions;
  return [
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    {
      label: '&File',
      submenu: [
        { label: 'New search…', accelerator: 'CmdOrCtrl+N', click: () => show('/new') },
        { label: 'Open project…', accelerator: 'CmdOrCtrl+O', click: actions.openProject },
        { type: 'separator' },
        // Electron gives this role a key on macOS alone.
        isMac ? { role: 'close' } : { role: 'quit', accelerator: 'Ctrl+Q' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        { label: 'Home', accelerator: 'CmdOrCtrl+Shift+H', click: () => show('/') },
        { label: 'Search or run…', accelerator: 'CmdOrCtrl+K', click: () => command('palette') },
        { label: 'Back', accelerator: isMac ? 'Cmd+[' : 'Alt+Left', click: actions.goBack },
        { label: 'Forward', accelerator: isMac ? 'Cmd+]' : 'Alt+Right', click: actions.goForward },
        { type: 'separator' },
        { label: 'Light, dark or system', click: () => command('theme') },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(isPackaged ? [] : [{ role: 'reload' as const }, { role: 'toggleDevTools' as const }]),
      ],
    },
    { label: '&Search', submenu: [{ label: 'Pause or resume', click: () => command('pause-or-resume') }] },
    {
      role: 'help',
      submenu: [
        { label: 'Doctor', click: () => show('/doctor') },
        { label: 'Log', click: () => command('log') },
        { label: 'Keyboard shortcuts', click: () => command('shortcuts') },
        { label: 'The paper', click: actions.openPaper },
      ],
    },
  ];
}
