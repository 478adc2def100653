/**
 * Goes from the pane with the focus to the next, or the previous, and round again: header, panes of the screen, status bar.
 * Panes are elements with `data-pane`, in the order of the document.
 */
export function focusPane(step: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')].filter((pane) => pane.offsetParent !== null);
  if (panes.length === 0) return;
  const { activeElement } = document;
  const now = panes.findLastIndex((pane) => pane.contains(activeElement));
  const from = now === -1 && step === -1 ? 0 : now;
  enterPane(panes[(from + step + panes.length) % panes.length]);
}

/** Where keys work, then what a person would press first. */
const ENTRANCES = [
  '[role="grid"][tabindex="0"], [role="listbox"][tabindex="0"], [role="option"][tabindex="0"]',
  '[role="tab"][tabindex="0"]',
  'a[href], button:enabled, input:enabled, [tabindex="0"]',
];

/** The pane's table or graph where it has one, as keys work there; else its tabs, its first control, or itself. */
export function enterPane(pane: HTMLElement | null | undefined): void {
  const found = ENTRANCES.map((entrance) => pane?.querySelector<HTMLElement>(entrance)).find(Boolean);
  (found ?? pane)?.focus();
}
