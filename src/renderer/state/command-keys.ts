/** A key press, as far as commands care; the browser's `KeyboardEvent` fits. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** Where the focus is when a key is pressed. */
export interface KeyPlace {
  /** Within an element with `data-letter-keys`: a table or a graph. */
  readonly hasLetterKeys: boolean;
  /** In a field that takes text. */
  readonly isText: boolean;
  /** On something that Enter and Space press. */
  readonly isControl: boolean;
  /** Some text of the page is selected, which Ctrl-C copies. */
  readonly hasSelection: boolean;
}

interface Chord {
  readonly control: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  /** Letters in upper case. */
  readonly key: string;
}

const MODIFIERS = new Set(['Ctrl', 'Alt', 'Shift']);

function chordOf(key: string): Chord {
  // The last part can be a plus itself: `Ctrl++`.
  const parts = key.length > 1 ? key.split(/\+(?=.)/) : [key];
  const name = parts.find((part) => !MODIFIERS.has(part)) ?? key;
  return {
    control: parts.includes('Ctrl'),
    alt: parts.includes('Alt'),
    shift: parts.includes('Shift'),
    key: name === 'Space' ? ' ' : name.length === 1 ? name.toUpperCase() : name,
  };
}

/** Whether a press is the key of a command, such as `Ctrl+K`, `S`, `?`, `Delete`, `Alt+ArrowLeft`. Command is Ctrl on a Mac. */
export function isKey(press: KeyPress, key: string): boolean {
  const chord = chordOf(key);
  const pressed = press.key.length === 1 ? press.key.toUpperCase() : press.key;
  if (pressed !== chord.key) return false;
  if ((press.ctrlKey || press.metaKey) !== chord.control || press.altKey !== chord.alt) return false;
  // Signs such as `?` need Shift on some keyboards and not on others.
  return isSign(pressed) || press.shiftKey === chord.shift;
}

const isSign = (key: string): boolean => key.length === 1 && key !== ' ' && !/[\p{L}\p{N}]/u.test(key);

/** One character without Ctrl or Alt: what a person can switch off (WCAG 2.2, 2.1.4). */
export function isSingleCharacter(key: string): boolean {
  const chord = chordOf(key);
  return !chord.control && !chord.alt && chord.key.length === 1 && chord.key !== ' ';
}

/** What editing a text needs for itself. */
const EDITING = new Set(['A', 'C', 'V', 'X', 'Y', 'Z', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']);

/**
 * Whether a command's key works where the focus is. Letters, digits, Delete, Enter and Space need a table or a graph
 * around the focus; signs such as `/` and `?`, function keys and Escape work outside of text fields; keys with Ctrl or Alt
 * work everywhere but where they edit text.
 */
export function worksThere(key: string, place: KeyPlace, hasSingleCharacters: boolean): boolean {
  const chord = chordOf(key);
  if (chord.control && chord.key === 'C' && place.hasSelection) return false;
  if (chord.control || chord.alt) return !(place.isText && EDITING.has(chord.key));
  if (/^F\d+$/.test(chord.key)) return true;
  if (place.isText) return false;
  if (isSingleCharacter(key) && !hasSingleCharacters) return false;
  if (chord.key === 'Escape' || isSign(chord.key)) return true;
  if ((chord.key === 'Enter' || chord.key === ' ') && place.isControl) return false;
  return place.hasLetterKeys;
}

const NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  Delete: 'Del',
};
const MAC_NAMES: Readonly<Record<string, string>> = { Ctrl: '⌘', Alt: '⌥', Shift: '⇧' };

/** The caps of a key as people know them: `Ctrl`, `K`. */
export function keyCaps(key: string, isMac: boolean): string[] {
  const parts = key.length > 1 ? key.split(/\+(?=.)/) : [key];
  return parts.map((part) => NAMES[part] ?? (isMac ? MAC_NAMES[part] : undefined) ?? part);
}
