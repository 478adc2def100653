import {
  app,
  type BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  type MessageBoxOptions,
  Notification,
  powerSaveBlocker,
  protocol,
} from 'electron';
import { errorSentence } from '../error-sentence.ts';
import type { Log } from '../log.ts';
import { openExternalPage } from './hardening.ts';
import { hearWishes, type Wish } from './ipc-connection.ts';
import { leaveQuestion } from './leave-question.ts';
import { createMainWindow, showPage } from './main-window.ts';
import { menuTemplate } from './menu.ts';
import { type DesktopProject, openDesktopProject } from './project.ts';
import type { Notice } from './search-notices.ts';
import type { StartArguments } from './start-arguments.ts';
import { openTrainers, trainerProblem } from './trainers.ts';

export interface DesktopOptions {
  readonly home: string;
  readonly pageFolder: string;
  readonly preload: string;
  readonly boundsFile: string;
  readonly log: Log;
}

const IS_MAC = process.platform === 'darwin';

/** The application as a person meets it: one window on one open project. */
export class Desktop {
  private readonly options: DesktopOptions;
  private trainers: StartArguments['trainers'] = 'process';
  private window: BrowserWindow | null = null;
  private project: DesktopProject | null = null;
  /** While a project is being opened or closed: nothing else is begun. */
  private isBusy = false;
  private hasLeft = false;
  /** Those that may still be clicked: one that nobody holds is collected, and its click comes to nothing. */
  private readonly notifications = new Set<Notification>();

  constructor(options: DesktopOptions) {
    this.options = options;
  }

  /** Opens the project and the window. Quits when a person gives up on a project that can't be opened. */
  async start({ project, page, trainers }: StartArguments, defaultProject: string): Promise<void> {
    this.trainers = trainers;
    this.setMenu();
    const problem = trainerProblem(trainers, this.options.home);
    if (problem !== null && !(await this.acceptProblem(problem))) return this.exit();
    this.isBusy = true;
    const isOpen = await this.openOrChoose(project ?? defaultProject);
    this.isBusy = false;
    if (!isOpen) return this.exit();
    this.openWindow(page ?? '/');
  }

  /** A second start of the program, a link or a notification: the window comes to the front and shows what is asked for. */
  async receive({ project, page }: Pick<StartArguments, 'project' | 'page'>): Promise<void> {
    this.focus();
    if (project !== null && project !== this.project?.folder) await this.changeProject(project);
    if (page !== null) this.show(page);
  }

  /** Shows a screen of the page, by its address; the page that is there goes to it by itself. */
  show(page: string): void {
    const window = this.window;
    if (!window) {
      if (this.project) this.openWindow(page);
    } else if (window.webContents.isLoading()) showPage(window, page);
    else window.webContents.send('navigate', page);
  }

  focus(): void {
    const window = this.window;
    if (!window) {
      if (this.project) this.openWindow('/');
      return;
    }
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  /** Whether the program may end now. If not, a person is asked, what trains is saved, and it ends by itself then. */
  mayQuit(): boolean {
    if (this.hasLeft) return true;
    void this.quit({ asks: true });
    return false;
  }

  async quit({ asks, isPatient = asks }: { asks: boolean; isPatient?: boolean }): Promise<void> {
    if (this.isBusy) {
      // A signal that comes again, or in the middle of something, is meant: what is stored survives that.
      if (!isPatient) app.exit(1);
      return;
    }
    this.isBusy = true;
    if (asks && !(await this.mayLeave('quit'))) {
      this.isBusy = false;
      return;
    }
    await this.closeProject();
    this.exit();
  }

  /** Lets a person choose a folder: the page never names one. */
  async chooseProject(): Promise<void> {
    const folder = await this.chooseFolder();
    if (folder !== null) await this.changeProject(folder);
  }

  private exit(): void {
    this.hasLeft = true;
    app.quit();
  }

  private async changeProject(folder: string): Promise<void> {
    const before = this.project;
    if (this.isBusy || folder === before?.folder) return;
    this.isBusy = true;
    try {
      if (!(await this.mayLeave('open-project'))) return;
      await this.closeProject();
      const isOpen = (await this.open(folder)) || (before !== null && (await this.openOrChoose(before.folder)));
      if (!isOpen) return this.exit();
      if (this.window) this.serve(this.window, '/');
    } finally {
      this.isBusy = false;
    }
  }

  /** What could not be closed cleanly keeps nobody from leaving it: what is stored survives that. */
  private async closeProject(): Promise<void> {
    const project = this.project;
    this.project = null;
    // Saving may take some seconds: the task bar shows that something goes on.
    this.window?.setProgressBar(2);
    try {
      await project?.close();
    } catch (error) {
      this.options.log.write('error', 'The project could not be closed cleanly', error);
    }
    this.window?.setProgressBar(-1);
  }

  /** Opens a project, or says why it can't be and lets a person choose another. False when they give up. */
  private async openOrChoose(first: string): Promise<boolean> {
    for (let folder: string | null = first; folder !== null; folder = await this.chooseFolder()) {
      if (await this.open(folder)) return true;
    }
    return false;
  }

  private async open(folder: string): Promise<boolean> {
    const { home, pageFolder, log } = this.options;
    try {
      this.project = await openDesktopProject({
        folder,
        home,
        pageFolder,
        openQueue: await openTrainers(this.trainers),
        watch: { blocker: powerSaveBlocker, notify: (notice) => this.notify(notice) },
        protocol,
        ipc: ipcMain,
      });
      return true;
    } catch (error) {
      log.write('error', `The project ${folder} could not be opened`, error);
      await this.ask({
        type: 'error',
        message: 'The project could not be opened.',
        detail: errorSentence(error).sentence,
        buttons: ['OK'],
      });
      return false;
    }
  }

  private openWindow(page: string): void {
    const { preload, boundsFile, log } = this.options;
    const window = createMainWindow({
      preload,
      boundsFile,
      isPackaged: app.isPackaged,
      log,
      askToReload: (reason) => this.askToReload(reason),
    });
    this.window = window;
    const deaf = hearWishes(ipcMain, window.webContents, (wish) => this.fulfil(wish));
    window.on('close', (event) => {
      // On a Mac the program and its searches live on without a window.
      if (IS_MAC || this.mayQuit()) return;
      event.preventDefault();
    });
    window.once('closed', () => {
      deaf();
      this.window = null;
    });
    this.serve(window, page);
  }

  private serve(window: BrowserWindow, page: string): void {
    this.project?.serve(window.webContents);
    showPage(window, page);
  }

  private fulfil(wish: Wish): void {
    if (wish === 'open-project') void this.chooseProject();
    else openExternalPage('paper');
  }

  private setMenu(): void {
    const contents = () => this.window?.webContents;
    const template = menuTemplate(
      { isMac: IS_MAC, isPackaged: app.isPackaged },
      {
        command: (command) => contents()?.send('command', command),
        show: (page) => this.show(page),
        goBack: () => contents()?.navigationHistory.goBack(),
        goForward: () => contents()?.navigationHistory.goForward(),
        openProject: () => void this.chooseProject(),
        openPaper: () => openExternalPage('paper'),
      },
    );
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  }

  private notify({ experiment, title, body }: Notice): void {
    if (!Notification.isSupported()) return;
    const notification = new Notification({ title, body });
    this.notifications.add(notification);
    const isGone = (): boolean => this.notifications.delete(notification);
    notification.on('click', () => {
      isGone();
      void this.receive({ project: null, page: `/experiments/${experiment}` });
    });
    notification.on('close', isGone);
    notification.on('failed', isGone);
    notification.show();
  }

  private async mayLeave(leave: 'quit' | 'open-project'): Promise<boolean> {
    const question = leaveQuestion(this.project?.watch.inMotion() ?? [], leave);
    if (question === null) return true;
    return (await this.ask({ type: 'question', defaultId: 1, cancelId: 1, ...question })) === 0;
  }

  private async acceptProblem(problem: string): Promise<boolean> {
    const buttons = ['Open without training', 'Quit'];
    const message = 'Trials can’t be trained yet.';
    return (await this.ask({ type: 'warning', message, detail: problem, buttons, cancelId: 1 })) === 0;
  }

  private async askToReload(reason: 'crashes' | 'hangs'): Promise<boolean> {
    const isHanging = reason === 'hangs';
    const message = isHanging ? 'The page does not respond.' : 'The page crashed several times.';
    const buttons = ['Load it again', isHanging ? 'Wait' : 'Leave it'];
    const detail = 'Searches are not affected. Loading the page again shows where they stand.';
    return (await this.ask({ type: 'warning', message, detail, buttons, cancelId: 1 })) === 0;
  }

  private async chooseFolder(): Promise<string | null> {
    const options = { title: 'Open a project', buttonLabel: 'Open', properties: ['openDirectory', 'createDirectory'] };
    const chosen = await (this.window
      ? dialog.showOpenDialog(this.window, options as Electron.OpenDialogOptions)
      : dialog.showOpenDialog(options as Electron.OpenDialogOptions));
    return chosen.canceled ? null : (chosen.filePaths[0] ?? null);
  }

  /** The index of the button that was pressed. */
  private async ask(options: MessageBoxOptions): Promise<number> {
    const answer = await (this.window ? dialog.showMessageBox(this.window, options) : dialog.showMessageBox(options));
    return answer.response;
  }
}
