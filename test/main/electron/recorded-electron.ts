import { EventEmitter } from 'node:events';
import type { Fork } from '../../../src/main/hosts/launch-utility.ts';
import { forkLikeElectron } from '../hosts/electron-utility.ts';

// A stand-in for the module `electron` that records what it is asked for and lets a test fire events. It behaves as
// Electron does in what main relies on: who is asked before a window closes, values that are copied between processes.

const SCRIPTED_TRAINING = new URL('./scripted-training.ts', import.meta.url).href;

export interface Call {
  readonly name: string;
  readonly values: readonly unknown[];
}

/** An event that can be prevented. */
export class Preventable {
  defaultPrevented = false;
  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

type Listener = (...values: never[]) => unknown;

export class RecordedContents extends EventEmitter {
  readonly id: number;
  readonly navigationHistory = {
    goBack: (): void => this.note('goBack'),
    goForward: (): void => this.note('goForward'),
  };
  openHandler: ((details: { url: string }) => { action: string }) | null = null;
  /** What the preload script hears. */
  readonly page = new EventEmitter();
  isGone = false;
  private readonly note: (name: string, ...values: unknown[]) => void;

  constructor(id: number, note: (name: string, ...values: unknown[]) => void) {
    super();
    this.id = id;
    this.note = note;
  }

  isDestroyed(): boolean {
    return this.isGone;
  }

  isLoading(): boolean {
    return false;
  }

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler;
  }

  send(channel: string, value: unknown): void {
    this.note('send', channel, value);
    const copy: unknown = structuredClone(value);
    setImmediate(() => this.page.emit(channel, { sender: 'an event object' }, copy));
  }
}

export interface RecordedWindow extends EventEmitter {
  readonly options: Record<string, unknown>;
  readonly webContents: RecordedContents;
  readonly urls: string[];
  reloads: number;
  close(): void;
  isDestroyed(): boolean;
}

/** What a recorded Electron is started with. */
export interface Setting {
  readonly argv: readonly string[];
  readonly isPackaged?: boolean;
  /** Whether another start of the program holds the lock already. */
  readonly isSecond?: boolean;
  readonly screens?: readonly { x: number; y: number; width: number; height: number }[];
}

export class RecordedElectron {
  readonly calls: Call[] = [];
  readonly windows: RecordedWindow[] = [];
  readonly ipcMain = new EventEmitter();
  readonly notifications: (EventEmitter & { options: { title: string; body: string } })[] = [];
  readonly handlers = new Map<string, (request: Request) => Promise<Response>>();
  readonly blocks = new Set<number>();
  /** Index of the button that is pressed in the next message boxes, in order; the last button without one. */
  readonly presses: number[] = [];
  /** Folders that are chosen in the next file dialogs; cancelled without one. */
  readonly folders: string[] = [];
  readonly session = new RecordedSession();
  readonly app: EventEmitter;
  menu: Record<string, unknown>[] = [];
  hasQuit = false;
  exitCode: number | null = null;
  private becomeReady: () => void = () => undefined;
  private nextId = 1;

  constructor(setting: Setting) {
    const ready = new Promise<void>((resolve) => {
      this.becomeReady = resolve;
    });
    this.app = Object.assign(new EventEmitter(), {
      isPackaged: setting.isPackaged ?? false,
      getPath: (name: string) => `/nowhere/${name}`,
      setPath: this.recorded('app.setPath'),
      enableSandbox: this.recorded('app.enableSandbox'),
      setAsDefaultProtocolClient: this.recorded('app.setAsDefaultProtocolClient'),
      setAppUserModelId: this.recorded('app.setAppUserModelId'),
      requestSingleInstanceLock: (data: unknown) => {
        this.note('app.requestSingleInstanceLock', data);
        return !setting.isSecond;
      },
      whenReady: () => ready,
      quit: () => this.quit(),
      exit: (code: number) => {
        this.exitCode = code;
        this.hasQuit = true;
      },
    });
    this.module = this.makeModule(setting);
  }

  /** What `import … from 'electron'` gives. */
  readonly module: Record<string, unknown>;

  note(name: string, ...values: unknown[]): void {
    this.calls.push({ name, values });
  }

  named(name: string): readonly (readonly unknown[])[] {
    return this.calls.filter((call) => call.name === name).map((call) => call.values);
  }

  ready(): void {
    this.note('ready');
    this.becomeReady();
  }

  get window(): RecordedWindow {
    const window = this.windows.at(-1);
    if (!window) throw new Error('there is no window');
    return window;
  }

  /** A message from a page, as main sees it; our own main frame unless told otherwise. */
  fromPage(channel: string, value: unknown, event: Record<string, unknown> = {}): void {
    const { webContents } = this.window;
    const own = { sender: webContents, senderFrame: { url: 'app://cellwright/', parent: null } };
    this.ipcMain.emit(channel, { ...own, ...event }, structuredClone(value));
  }

  /** As Electron does: asks the program, then each window, then ends. */
  quit(): void {
    const asked = new Preventable();
    this.app.emit('before-quit', asked);
    if (asked.defaultPrevented) return;
    for (const window of this.windows) window.close();
    if (this.windows.every((window) => window.isDestroyed())) this.hasQuit = true;
  }

  private recorded(name: string): (...values: unknown[]) => void {
    return (...values) => this.note(name, ...values);
  }

  private makeModule(setting: Setting): Record<string, unknown> {
    const { screens = [{ x: 0, y: 0, width: 1920, height: 1080 }] } = setting;
    return {
      app: this.app,
      ipcMain: this.ipcMain,
      BrowserWindow: this.windowClass(),
      Notification: this.notificationClass(),
      Menu: {
        buildFromTemplate: (template: Record<string, unknown>[]) => template,
        setApplicationMenu: (menu: Record<string, unknown>[]) => {
          this.menu = menu;
        },
      },
      dialog: {
        showMessageBox: async (...values: unknown[]) => {
          const options = values.at(-1) as { buttons: string[] };
          this.note('dialog.showMessageBox', options);
          return { response: this.presses.shift() ?? options.buttons.length - 1 };
        },
        showOpenDialog: async (...values: unknown[]) => {
          this.note('dialog.showOpenDialog', values.at(-1));
          const folder = this.folders.shift();
          return { canceled: folder === undefined, filePaths: folder === undefined ? [] : [folder] };
        },
      },
      nativeTheme: { shouldUseDarkColors: true },
      powerSaveBlocker: {
        start: (type: string) => {
          this.note('powerSaveBlocker.start', type);
          this.blocks.add(this.nextId);
          return this.nextId++;
        },
        stop: (id: number) => this.blocks.delete(id),
      },
      protocol: {
        registerSchemesAsPrivileged: this.recorded('protocol.registerSchemesAsPrivileged'),
        handle: (scheme: string, handler: (request: Request) => Promise<Response>) => {
          if (this.handlers.has(scheme)) throw new Error(`${scheme} is handled already`);
          this.handlers.set(scheme, handler);
        },
        unhandle: (scheme: string) => this.handlers.delete(scheme),
      },
      screen: { getAllDisplays: () => screens.map((workArea) => ({ workArea })) },
      session: { defaultSession: this.session },
      shell: { openExternal: async (address: string) => this.note('shell.openExternal', address) },
      utilityProcess: {
        fork: (...values: Parameters<Fork>) => {
          this.note('utilityProcess.fork', ...values);
          const [entry, , options] = values;
          return forkLikeElectron(entry, [SCRIPTED_TRAINING], options);
        },
      },
    };
  }

  private windowClass(): unknown {
    const recorded = this;
    return class extends EventEmitter implements RecordedWindow {
      readonly options: Record<string, unknown>;
      readonly webContents: RecordedContents;
      readonly urls: string[] = [];
      reloads = 0;
      private isGone = false;

      constructor(options: Record<string, unknown>) {
        super();
        recorded.note('new BrowserWindow', options);
        this.options = options;
        this.webContents = new RecordedContents(recorded.nextId++, (name, ...values) => recorded.note(name, ...values));
        recorded.windows.push(this);
        recorded.app.emit('web-contents-created', {}, this.webContents);
      }

      async loadURL(url: string): Promise<void> {
        this.urls.push(url);
        this.webContents.emit('did-navigate', {}, url, 200, 'OK');
      }
      reload(): void {
        this.reloads++;
        this.webContents.emit('did-navigate', {}, this.urls.at(-1), 200, 'OK');
      }
      close(): void {
        if (this.isGone) return;
        const asked = new Preventable();
        this.emit('close', asked);
        if (asked.defaultPrevented) return;
        this.isGone = true;
        this.webContents.isGone = true;
        this.webContents.emit('destroyed');
        this.emit('closed');
        recorded.app.emit('window-all-closed');
      }
      isDestroyed(): boolean {
        return this.isGone;
      }
      isMinimized(): boolean {
        return true;
      }
      isMaximized(): boolean {
        return false;
      }
      getNormalBounds() {
        return { x: 11, y: 22, width: 1300, height: 800 };
      }
      maximize = (): void => recorded.note('window.maximize');
      restore = (): void => recorded.note('window.restore');
      show = (): void => recorded.note('window.show');
      focus = (): void => recorded.note('window.focus');
      setProgressBar = (value: number): void => recorded.note('window.setProgressBar', value);
    };
  }

  private notificationClass(): unknown {
    const recorded = this;
    return class extends EventEmitter {
      static isSupported = (): boolean => true;
      readonly options: { title: string; body: string };
      constructor(options: { title: string; body: string }) {
        super();
        this.options = options;
      }
      show(): void {
        recorded.notifications.push(this);
      }
    };
  }
}

class RecordedSession {
  readonly set = new Map<string, Listener>();
  readonly webRequest = { onBeforeRequest: (handler: Listener): void => void this.set.set('onBeforeRequest', handler) };
  setPermissionRequestHandler = (handler: Listener): void => void this.set.set('request', handler);
  setPermissionCheckHandler = (handler: Listener): void => void this.set.set('check', handler);
  setDevicePermissionHandler = (handler: Listener): void => void this.set.set('device', handler);
  setDisplayMediaRequestHandler = (handler: Listener): void => void this.set.set('display', handler);
}
