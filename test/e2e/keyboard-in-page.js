// Runs inside the page, whose types the tests do not know; called by keyboard.ts, which has the words for it.

export const isAmong = (found) => found.some((one) => one === document.activeElement);
export const isFocus = (one) => one === document.activeElement;
export const focusInPage = () => document.activeElement;
export const focusedPart = () => document.activeElement?.dataset.part ?? '';

export function focusedWordsInPage() {
  const one = document.activeElement;
  const name = one?.getAttribute('aria-label') ?? one?.textContent ?? '';
  return `${one?.tagName.toLowerCase()} ${name.trim().slice(0, 40)}`;
}

export function activeTrialOf(grid) {
  const row = document.getElementById(grid.getAttribute('aria-activedescendant') ?? '');
  return row === null ? null : Number(row.dataset.trial);
}

export const trialsOf = (rows) => rows.map((row) => Number(row.dataset.trial));

export function focusFaultsInPage() {
  const one = document.activeElement;
  if (one === null || one === document.body) return ['nothing has the focus'];
  const words = `${one.tagName.toLowerCase()} “${(one.getAttribute('aria-label') ?? one.textContent ?? '').trim().slice(0, 40)}”`;
  const named = one.getAttribute('aria-activedescendant');
  const active = named === null ? null : document.getElementById(named);
  const outlined = [one, active, one.closest('label')].filter((each) => each !== null).some(isOutlined);
  const seen = active ?? one.closest('label') ?? one;
  const faults = [];
  if (!outlined) faults.push(`${words} has no outline`);
  if (coverOf(seen) !== null) faults.push(`${words} is out of sight, behind ${coverOf(seen)}`);
  return faults;

  function isOutlined(element) {
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
    return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1.5 && !/, 0\)$/.test(outlineColor);
  }
  function coverOf(element) {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const x = (Math.max(left, 0) + Math.min(right, innerWidth)) / 2;
    const y = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
    const upper = document.elementFromPoint(x, y);
    if (upper === null) return `the window's edge at ${Math.round(x)}, ${Math.round(y)}`;
    const isSeen = element.contains(upper) || upper.contains(element);
    return isSeen ? null : `${upper.tagName.toLowerCase()} ${upper.textContent?.trim().slice(0, 40)}`;
  }
}
