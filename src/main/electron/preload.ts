import { contextBridge, ipcRenderer } from 'electron';

/**
 * All that the page gets of Electron: messages to and from the workbench, as JSON text, and a few wishes that only a
 * window can fulfil. No event object and no `ipcRenderer` crosses over.
 */
function hear(channel: string): (listener: (text: string) => void) => () => void {
  return (listener) => {
    const receive = (_event: unknown, text: string): void => listener(text);
    ipcRenderer.on(channel, receive);
    return () => {
      ipcRenderer.off(channel, receive);
    };
  };
}

const api = {
  platform: process.platform,
  send: (message: string): void => ipcRenderer.send('workbench', message),
  onMessage: hear('workbench'),
  /** An item of the menu was chosen: its id, as in menu.ts. */
  onCommand: hear('command'),
  /** A link or a notification leads to a screen: its address within the page. */
  onNavigate: hear('navigate'),
  openProject: (): void => ipcRenderer.send('wish', 'open-project'),
  openPaper: (): void => ipcRenderer.send('wish', 'open-paper'),
};
export type PreloadApi = typeof api;

contextBridge.exposeInMainWorld('cellwright', api);
