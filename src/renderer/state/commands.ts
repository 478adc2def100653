import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { KeyPlace } from './command-keys.ts';
import { type Command, CommandRegistry } from './command-registry.ts';
import { letterKeys } from './letter-keys.ts';

export type { Command } from './command-registry.ts';

export const commandRegistry = new CommandRegistry();

/** Registers commands while the component is mounted; they may be made anew at every drawing. */
export function useCommands(commands: readonly Command[]): void {
  const owner = useRef({});
  useEffect(() => commandRegistry.set(owner.current, commands));
  useEffect(() => {
    const { current } = owner;
    return () => commandRegistry.remove(current);
  }, []);
}

/** All commands that are registered now. */
export const useCommandList = (): readonly Command[] =>
  useSyncExternalStore(commandRegistry.subscribe, commandRegistry.list);

/** Runs commands by their keys, until the answer is called. */
export function listenForCommandKeys(target: Document): () => void {
  const press = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    const focused = event.target instanceof Element ? event.target : target.body;
    // The browser closes what it has opened itself.
    if (event.key === 'Escape' && target.querySelector(':popover-open') !== null) return;
    // Behind a modal dialog nothing happens, even where it lies within a table; its own tables and graphs go on.
    const modal = target.querySelector('dialog:modal, [role="dialog"]:not(dialog)');
    const area = focused.closest('[data-letter-keys]');
    if (modal !== null && !(area !== null && modal.contains(area))) return;
    const command = commandRegistry.find(event, placeOf(focused, area), letterKeys.isOn());
    if (command === undefined) return;
    event.preventDefault();
    command.run();
  };
  target.addEventListener('keydown', press);
  return () => target.removeEventListener('keydown', press);
}

const TEXT_FIELDS =
  'textarea, select, [contenteditable="true"], input:not([type="checkbox"], [type="radio"], [type="button"], [type="range"])';

function placeOf(focused: Element, area: Element | null): KeyPlace {
  return {
    hasLetterKeys: area !== null,
    isText: focused.closest(TEXT_FIELDS) !== null,
    isControl: focused.closest('a, button, input, summary, [role="button"], [role="menuitem"], [role="tab"]') !== null,
    hasSelection: document.getSelection()?.isCollapsed === false,
  };
}
