import { EventEmitter } from 'node:events';
import { beforeAll, expect, it } from 'vitest';
import type { PreloadApi } from '../../../src/renderer/host/electron-host.ts';
import { buildBundle, runPreload } from './main-bundle.ts';

// The real preload bundle in a bare context: no Node, no page, only what a sandboxed script may require.

const ipcRenderer = new EventEmitter();
const sent: unknown[][] = [];
const exposed: [string, Record<string, unknown>][] = [];

beforeAll(async () => {
  await buildBundle();
  runPreload({
    ipcRenderer: {
      send: (...values: unknown[]) => sent.push(values),
      on: (channel: string, listener: () => void) => ipcRenderer.on(channel, listener),
      off: (channel: string, listener: () => void) => ipcRenderer.off(channel, listener),
    },
    contextBridge: {
      exposeInMainWorld: (name: string, api: Record<string, unknown>) => exposed.push([name, api]),
    },
  });
});

const api = (): PreloadApi => exposed[0]?.[1] as unknown as PreloadApi;

it('puts one object into the page, with these members and no other', () => {
  expect(exposed.map(([name]) => name)).toEqual(['cellwright']);
  const kinds = Object.entries(exposed[0]?.[1] ?? {}).map(([name, member]) => `${name}: ${typeof member}`);
  expect(kinds.sort()).toEqual([
    'onCommand: function',
    'onMessage: function',
    'onNavigate: function',
    'openPaper: function',
    'openProject: function',
    'platform: string',
    'send: function',
  ]);
});

it('hands over texts and never an event object, until the listener is taken off', () => {
  const members = { onMessage: 'workbench', onCommand: 'command', onNavigate: 'navigate' } as const;
  for (const [member, channel] of Object.entries(members)) {
    const heard: unknown[][] = [];
    const off = api()[member as keyof typeof members]((...values: unknown[]) => heard.push(values));
    ipcRenderer.emit(channel, { sender: 'an event' }, 'text', 'more');
    expect(heard).toEqual([['text']]);
    expect(off()).toBeUndefined();
    ipcRenderer.emit(channel, {}, 'text');
    expect(heard).toHaveLength(1);
    expect(ipcRenderer.listenerCount(channel)).toBe(0);
  }
});

it('sends on two channels only, whatever the page gives it', () => {
  api().send('{}');
  api().openProject();
  (api().openPaper as (address: string) => void)('https://example.com/');
  expect(sent).toEqual([
    ['workbench', '{}'],
    ['wish', 'open-project'],
    ['wish', 'open-paper'],
  ]);
});
