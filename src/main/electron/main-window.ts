import { BrowserWindow, nativeTheme, screen } from 'electron';
import type { Log } from '../log.ts';
import { webPreferences } from './hardening.ts';
import { APP_ORIGIN } from './trusted-sender.ts';
import { FIRST_SIZE, readBounds, SMALLEST, writeBounds } from './window-bounds.ts';

/** `--bg` of src/renderer/styles/tokens.css, for the moment before the page is painted. */
const BACKGROUND = { light: '#f6f7f9', dark: '#0f1216' } as const;

/** A page that crashes is loaded again, so often within so long; then a person is asked. Ours. */
const RELOADS = 3;
const RELOADS_WITHIN_MS = 5 * 60_000;

export interface MainWindowOptions {
  readonly preload: string;
  readonly boundsFile: string;
  readonly isPackaged: boolean;
  readonly log: Log;
  /** The page crashed again and again, or hangs: asks whether to load it once more. */
  readonly askToReload: (reason: 'crashes' | 'hangs') => Promise<boolean>;
}

/** Makes the one window, where it was when it was closed last. It shows nothing until `showPage`. */
export function createMainWindow(options: MainWindowOptions): BrowserWindow {
  const { boundsFile } = options;
  const saved = readBounds(
    boundsFile,
    screen.getAllDisplays().map(({ workArea }) => workArea),
  );
  const place = saved && { x: saved.x, y: saved.y, width: saved.width, height: saved.height };
  const window = new BrowserWindow({
    ...(place ?? FIRST_SIZE),
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    show: false,
    title: 'Cellwright',
    backgroundColor: BACKGROUND[nativeTheme.shouldUseDarkColors ? 'dark' : 'light'],
    webPreferences: webPreferences(options.preload, options.isPackaged),
  });
  if (saved?.isMaximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => rememberBounds(window, options));
  mendPage(window, options);
  return window;
}

/** Loads a screen, by its address in the page. */
export function showPage(window: BrowserWindow, page: string): void {
  // A page that can't be loaded shows itself empty; the log of Chromium has the reason.
  window.loadURL(`${APP_ORIGIN}${page}`).catch(() => undefined);
}

function rememberBounds(window: BrowserWindow, { boundsFile, log }: MainWindowOptions): void {
  try {
    writeBounds(boundsFile, { ...window.getNormalBounds(), isMaximized: window.isMaximized() });
  } catch (error) {
    log.write('warn', 'The place of the window could not be written', error);
  }
}

/** The page may crash or hang: it is loaded again, and what trains does not notice. */
function mendPage(window: BrowserWindow, { log, askToReload }: MainWindowOptions): void {
  let reloads: number[] = [];
  const ask = async (reason: 'crashes' | 'hangs'): Promise<void> => {
    if ((await askToReload(reason)) && !window.isDestroyed()) window.reload();
  };
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    log.write('error', `The page is gone (${reason}, exit code ${exitCode})`);
    const now = Date.now();
    reloads = reloads.filter((at) => now - at < RELOADS_WITHIN_MS);
    if (reloads.length >= RELOADS) return void ask('crashes');
    reloads.push(now);
    window.reload();
  });
  let isAsking = false;
  window.on('unresponsive', () => {
    log.write('warn', 'The page does not respond');
    if (isAsking) return;
    isAsking = true;
    void ask('hangs').finally(() => {
      isAsking = false;
    });
  });
  window.on('responsive', () => log.write('info', 'The page responds again'));
}
