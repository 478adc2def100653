import { isKey, type KeyPlace, type KeyPress, worksThere } from './command-keys.ts';

/** Something that can be done now, from the palette, by its key, or from the window's menu. */
export interface Command {
  /** Unique, such as `star`; the window's menu sends its own ids (main/electron/menu.ts). */
  readonly id: string;
  /** A verb first: "Star the selected cell". */
  readonly title: string;
  /** Heading in the list of keys. */
  readonly group: string;
  /** As `Ctrl+K`, `Shift+F6`, `S`, `?`, `Delete`, `Space`, `Alt+ArrowLeft`. See command-keys.ts for where it works. */
  readonly key?: string | undefined;
  /** False: it is listed, but can't be run now. True when left out. */
  readonly isEnabled?: boolean;
  run(): void;
}

/** What is registered now. A later registration goes before an earlier one with the same id or key. */
export class CommandRegistry {
  private readonly sets = new Map<object, readonly Command[]>();
  private readonly listeners = new Set<() => void>();
  private current: ReadonlyMap<string, Command> = new Map();
  private listed: readonly Command[] = [];

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Every command once, in order of registration; the same list until something changes. */
  readonly list = (): readonly Command[] => this.listed;

  /** Puts an owner's commands in the place of its earlier ones. */
  set(owner: object, commands: readonly Command[]): void {
    const before = this.sets.get(owner);
    this.sets.set(owner, commands);
    this.relist(before === undefined || !looksSame(before, commands));
  }

  remove(owner: object): void {
    if (this.sets.delete(owner)) this.relist(true);
  }

  /** Whether there was such a command that could be run. */
  run(id: string): boolean {
    const command = this.current.get(id);
    if (command === undefined || command.isEnabled === false) return false;
    command.run();
    return true;
  }

  /** The command that a key press means where the focus is. */
  find(press: KeyPress, place: KeyPlace, hasSingleCharacters: boolean): Command | undefined {
    return this.listed.findLast(
      ({ key, isEnabled }) =>
        key !== undefined && isEnabled !== false && isKey(press, key) && worksThere(key, place, hasSingleCharacters),
    );
  }

  private relist(isNews: boolean): void {
    this.current = new Map([...this.sets.values()].flat().map((command) => [command.id, command]));
    if (!isNews) return;
    // What was listed keeps running what is registered now, which may differ from drawing to drawing.
    this.listed = [...this.current.values()].map((command) => ({ ...command, run: () => void this.run(command.id) }));
    for (const listener of this.listeners) listener();
  }
}

function looksSame(one: readonly Command[], other: readonly Command[]): boolean {
  return (
    one.length === other.length &&
    one.every((command, index) => {
      const { id, title, group, key, isEnabled } = other[index] as Command;
      return (
        command.id === id &&
        command.title === title &&
        command.group === group &&
        command.key === key &&
        command.isEnabled === isEnabled
      );
    })
  );
}
