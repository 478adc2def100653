import { describe, expect, it, vi } from 'vitest';
import { isKey, type KeyPlace, type KeyPress, keyCaps, worksThere } from '../../../src/renderer/state/command-keys.ts';
import { type Command, CommandRegistry } from '../../../src/renderer/state/command-registry.ts';

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});
const NOWHERE: KeyPlace = { hasLetterKeys: false, isText: false, isControl: false, hasSelection: false };
const TABLE: KeyPlace = { ...NOWHERE, hasLetterKeys: true };
const FIELD: KeyPlace = { ...NOWHERE, isText: true };

describe('a key press', () => {
  it('is the key of a command when its modifiers are held, Command on a Mac for Ctrl', () => {
    expect(isKey(press('k', { ctrlKey: true }), 'Ctrl+K')).toBe(true);
    expect(isKey(press('k', { metaKey: true }), 'Ctrl+K')).toBe(true);
    expect(isKey(press('k'), 'Ctrl+K')).toBe(false);
    expect(isKey(press('k', { ctrlKey: true, shiftKey: true }), 'Ctrl+K')).toBe(false);
    expect(isKey(press('ArrowLeft', { altKey: true }), 'Alt+ArrowLeft')).toBe(true);
    expect(isKey(press('F6', { shiftKey: true }), 'F6')).toBe(false);
    expect(isKey(press('F6', { shiftKey: true }), 'Shift+F6')).toBe(true);
  });

  it('is a sign wherever the keyboard has it, and a letter in either case', () => {
    expect(isKey(press('?', { shiftKey: true }), '?')).toBe(true);
    expect(isKey(press('?'), '?')).toBe(true);
    expect(isKey(press('+', { ctrlKey: true, shiftKey: true }), 'Ctrl++')).toBe(true);
    expect(isKey(press('S', { shiftKey: false }), 'S')).toBe(true);
    expect(isKey(press('S', { shiftKey: true }), 'S')).toBe(false);
    expect(isKey(press(' '), 'Space')).toBe(true);
  });
});

describe('a key works', () => {
  it('as a letter, a digit or Delete only in tables and graphs', () => {
    for (const key of ['S', '1', 'Delete', 'Space', 'Enter']) {
      expect(worksThere(key, TABLE, true)).toBe(true);
      expect(worksThere(key, NOWHERE, true)).toBe(false);
      expect(worksThere(key, { ...FIELD, hasLetterKeys: true }, true)).toBe(false);
    }
  });

  it('as a single character only until it is switched off; Delete stays', () => {
    expect(worksThere('S', TABLE, false)).toBe(false);
    expect(worksThere('/', NOWHERE, false)).toBe(false);
    expect(worksThere('/', NOWHERE, true)).toBe(true);
    expect(worksThere('Delete', TABLE, false)).toBe(true);
  });

  it('everywhere with Ctrl, but leaves a text field what edits text', () => {
    expect(worksThere('Ctrl+K', FIELD, true)).toBe(true);
    expect(worksThere('Ctrl+Z', FIELD, true)).toBe(false);
    expect(worksThere('Ctrl+Z', NOWHERE, true)).toBe(true);
    expect(worksThere('Alt+ArrowLeft', FIELD, true)).toBe(false);
    expect(worksThere('Ctrl+C', { ...TABLE, hasSelection: true }, true)).toBe(false);
  });

  it('not where Enter and Space press a button', () => {
    expect(worksThere('Enter', { ...TABLE, isControl: true }, true)).toBe(false);
    expect(worksThere('S', { ...TABLE, isControl: true }, true)).toBe(true);
  });
});

it('keys are written as the keyboard has them', () => {
  expect(keyCaps('Ctrl+K', false)).toEqual(['Ctrl', 'K']);
  expect(keyCaps('Ctrl+K', true)).toEqual(['⌘', 'K']);
  expect(keyCaps('Alt+ArrowLeft', false)).toEqual(['Alt', '←']);
  expect(keyCaps('Ctrl++', false)).toEqual(['Ctrl', '+']);
});

describe('the registry', () => {
  const command = (id: string, more: Partial<Command> = {}): Command => ({
    id,
    title: id,
    group: 'Test',
    run: () => undefined,
    ...more,
  });

  it('tells of a change only when something shown differs, yet runs what was registered last', () => {
    const registry = new CommandRegistry();
    const heard = vi.fn();
    registry.subscribe(heard);
    const ran: string[] = [];
    const owner = {};
    registry.set(owner, [command('star', { run: () => ran.push('first') })]);
    const [listed] = registry.list();
    registry.set(owner, [command('star', { run: () => ran.push('second') })]);
    expect(heard).toHaveBeenCalledTimes(1);
    listed?.run();
    expect(registry.run('star')).toBe(true);
    expect(ran).toEqual(['second', 'second']);
    registry.set(owner, [command('star', { isEnabled: false })]);
    expect(heard).toHaveBeenCalledTimes(2);
    expect(registry.run('star')).toBe(false);
  });

  it('prefers what was registered last for a key, and forgets what an owner takes away', () => {
    const registry = new CommandRegistry();
    const screen = {};
    registry.set({}, [command('frame', { key: 'Escape' })]);
    registry.set(screen, [command('pane', { key: 'Escape' })]);
    expect(registry.find(press('Escape'), NOWHERE, true)?.id).toBe('pane');
    registry.remove(screen);
    expect(registry.find(press('Escape'), NOWHERE, true)?.id).toBe('frame');
    expect(registry.run('pane')).toBe(false);
  });
});
