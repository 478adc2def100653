import { type App, type Session, shell, type WebContents, type WebPreferences } from 'electron';
import { APP_ORIGIN, originOf } from './trusted-sender.ts';

/** The only preferences a window of ours is made with. */
export function webPreferences(preload: string, isPackaged: boolean): WebPreferences {
  return Object.freeze({
    preload,
    contextIsolation: true,
    sandbox: true,
    webSecurity: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    devTools: !isPackaged,
    spellcheck: false,
  });
}

/** Pages outside that the window may ask to open in the user's browser, by name. */
export const EXTERNAL_PAGES: Readonly<Record<string, string>> = {
  paper: 'https://arxiv.org/abs/1707.07012',
};

export function openExternalPage(name: string): void {
  const address = Object.hasOwn(EXTERNAL_PAGES, name) ? EXTERNAL_PAGES[name] : undefined;
  if (address !== undefined) void shell.openExternal(address);
}

const GRANTED_PERMISSIONS: ReadonlySet<string> = new Set(['clipboard-sanitized-write']);

/** Nothing navigates away, opens a window, attaches a view or is granted a permission. */
export function hardenApp(app: App): void {
  app.on('web-contents-created', (_event, contents) => hardenContents(contents));
}

function hardenContents(contents: WebContents): void {
  const stay = (event: { preventDefault: () => void }, address: string): void => {
    if (originOf(address) !== APP_ORIGIN) event.preventDefault();
  };
  contents.on('will-navigate', (event) => stay(event, event.url));
  contents.on('will-redirect', (event) => stay(event, event.url));
  contents.on('will-frame-navigate', (event) => stay(event, event.url));
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

export function hardenSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, decide) => decide(GRANTED_PERMISSIONS.has(permission)));
  session.setPermissionCheckHandler((_contents, permission) => GRANTED_PERMISSIONS.has(permission));
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, decide) => decide({}));
  // The page loads from its own origin only; whatever else asks for the network is cut off.
  session.webRequest.onBeforeRequest((details, decide) => {
    const isOwn =
      originOf(details.url) === APP_ORIGIN || details.url.startsWith('blob:') || details.url.startsWith('devtools:');
    decide({ cancel: !isOwn });
  });
}
