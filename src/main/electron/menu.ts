import type { MenuItemConstructorOptions } from 'electron';

/** What the menu can ask the page to do; the page has the same actions, with the same keys, in its palette. */
export const MENU_COMMANDS = [
  'home',
  'palette',
  'back',
  'forward',
  'doctor',
  'theme',
  'shortcuts',
  'pause-or-resume',
] as const;
export type MenuCommand = (typeof MENU_COMMANDS)[number];

export function menuTemplate(options: {
  isMac: boolean;
  isPackaged: boolean;
  send: (command: MenuCommand) => void;
  openProject: () => void;
  openPaper: () => void;
}): MenuItemConstructorOptions[] {
  const { send } = options;
  return [
    ...(options.isMac ? [{ role: 'appMenu' as const }] : []),
    {
      label: '&File',
      submenu: [
        { label: 'Open project…', accelerator: 'CmdOrCtrl+O', click: options.openProject },
        { type: 'separator' },
        options.isMac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        { label: 'Home', accelerator: 'CmdOrCtrl+Shift+H', click: () => send('home') },
        { label: 'Search or run…', accelerator: 'CmdOrCtrl+K', click: () => send('palette') },
        { label: 'Back', accelerator: 'Alt+Left', click: () => send('back') },
        { label: 'Forward', accelerator: 'Alt+Right', click: () => send('forward') },
        { type: 'separator' },
        { label: 'Light, dark or system', click: () => send('theme') },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(options.isPackaged ? [] : [{ role: 'toggleDevTools' as const }]),
      ],
    },
    {
      label: '&Search',
      submenu: [{ label: 'Pause or resume', click: () => send('pause-or-resume') }],
    },
    {
      role: 'help',
      submenu: [
        { label: 'Doctor', click: () => send('doctor') },
        { label: 'Keyboard shortcuts', click: () => send('shortcuts') },
        { label: 'The paper', click: options.openPaper },
      ],
    },
  ];
}
