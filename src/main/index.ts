import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, protocol, session } from 'electron';
import { APP_SCHEME } from './electron/app-protocol.ts';
import { APP_ID, LINK_SCHEME, pageOfLink } from './electron/deep-link.ts';
import { Desktop } from './electron/desktop.ts';
import { hardenApp, hardenSession } from './electron/hardening.ts';
import { parseStartArguments, type StartArguments, startArgumentsSchema } from './electron/start-arguments.ts';
import { findSetup } from './electron/trainers.ts';
import { hearEndSignals } from './end-signals.ts';
import { fileLog } from './log.ts';
import { makeFolders } from './make-folders.ts';
import { DEFAULT_PROJECT } from './terminal/terminal.ts';

// The desktop app: the same workbench as headless.ts, shown by a window. Everything before the app is ready stands here
// in the open, since Electron waits for nothing else.

const home = resolve(process.env.CELLWRIGHT_HOME || join(app.getPath('home'), '.cellwright'));
// Whatever the app keeps for itself lies in the one folder for everything that is made, and goes with it.
const own = join(home, 'window');
makeFolders(own);
app.setPath('userData', own);
const log = fileLog(join(own, 'window.log'), () => new Date());
const out = fileURLToPath(new URL('..', import.meta.url));
const wanted = parseStartArguments(process.argv.slice(app.isPackaged ? 1 : 2), process.cwd());

protocol.registerSchemesAsPrivileged([APP_SCHEME]);
app.enableSandbox();
hardenApp(app);

const desktop = new Desktop({
  home,
  pageFolder: join(out, 'renderer'),
  preload: join(out, 'preload', 'preload.cjs'),
  boundsFile: join(own, 'bounds.json'),
  log,
});

if (app.requestSingleInstanceLock(wanted)) begin();
else app.quit();

function begin(): void {
  const started = app.whenReady().then(start);
  const receive = (asked: Pick<StartArguments, 'project' | 'page'>): void => {
    void started.then(() => desktop.receive(asked));
  };
  app.on('open-url', (event, link) => {
    event.preventDefault();
    receive({ project: null, page: pageOfLink(link) });
  });
  app.on('second-instance', (_event, _arguments, _folder, handedOver) => {
    const asked = startArgumentsSchema.safeParse(handedOver);
    receive(asked.success ? asked.data : { project: null, page: null });
  });
  app.on('activate', () => receive({ project: null, page: null }));
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('before-quit', (event) => {
    if (!desktop.mayQuit()) event.preventDefault();
  });
  app.on('child-process-gone', (_event, details) => log.write('error', 'A process of Electron is gone', details));
  hearEndSignals({
    first: (signal) => void desktop.quit({ asks: false, isPatient: signal === 'SIGHUP' }),
    again: () => void desktop.quit({ asks: false }),
  });
}

async function start(): Promise<void> {
  hardenSession(session.defaultSession);
  if (app.isPackaged) {
    // From the sources a link would open a bare Electron.
    app.setAsDefaultProtocolClient(LINK_SCHEME);
    // Windows shows no notification of a program without it.
    app.setAppUserModelId(APP_ID);
    findSetup(home, process.env);
  }
  await desktop.start(wanted, resolve(home, DEFAULT_PROJECT));
}
