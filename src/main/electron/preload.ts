import { contextBridge, ipcRenderer } from 'electron';

/**
 * All that the page gets of Electron: messages to and from the workbench, as JSON text, and a few wishes that only a
 * window can fulfil. No event object and no `ipcRenderer` crosses over.
 */
const api = {
  platform: process.platform,
  send: (message: string): void => ipcRenderer.send('workbench', message),
  onMessage: (listener: (message: string) => void): (() => void) => {
    const receive = (_event: unknown, message: string): void => listener(message);
    ipcRenderer.on('workbench', receive);
    return () => ipcRenderer.off('workbench', receive);
  },
  onCommand: (listener: (command: string) => void): (() => void) => {
    const receive = (_event: unknown, command: string): void => listener(command);
    ipcRenderer.on('command', receive);
    return () => ipcRenderer.off('command', receive);
  },
};
export type PreloadApi = typeof api;

contextBridge.exposeInMainWorld('cellwright', api);
