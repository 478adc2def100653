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

/** The pane's table, tab list or graph where it has one, as keys work there; else its first control; else itself. */
export function enterPane(pane: HTMLElement | null | undefined): void {
  const target =
    pane?.querySelector<HTMLElement>('[data-letter-keys][tabindex="0"], [data-letter-keys] [tabindex="0"]') ??
    pane?.querySelector<HTMLElement>(
      '[role="tab"][tabindex="0"], a[href], button:enabled, input:enabled, [tabindex="0"]',
    ) ??
    pane;
  target?.focus();
}
