// Runs inside the page, whose types the tests do not know; called by seen-graphs.ts, which has the words for it.

export const isPainted = () =>
  [...document.querySelectorAll('[role="listbox"]')].every(
    (list) => list.parentElement.querySelector('canvas') !== null,
  );

export const nextFrame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));

export function lookInPage() {
  const hidden = [...document.querySelectorAll('[aria-hidden="true"]')];
  const lists = [...document.querySelectorAll('[role="listbox"]')].filter(
    (list) => list.querySelector('[data-part]') !== null && !hidden.some((one) => one.contains(list)),
  );
  return lists.map((list) => {
    const pane = list.parentElement.getBoundingClientRect();
    const options = [...list.querySelectorAll('[role="option"]')];
    const idOf = (option) => option.dataset.part ?? '';
    const boxOf = (option) => {
      const { left, top, width, height } = option.getBoundingClientRect();
      return { x: left - pane.left, y: top - pane.top, width, height };
    };
    const isInside = ({ x, y, width, height }) =>
      x >= -0.5 && y >= -0.5 && x + width <= pane.width + 0.5 && y + height <= pane.height + 0.5;
    // One copy of what the canvases show together, as reading from them again and again is a warning.
    const copy = new OffscreenCanvas(Math.ceil(pane.width), Math.ceil(pane.height));
    const context = copy.getContext('2d', { willReadFrequently: true });
    for (const canvas of list.parentElement.querySelectorAll('canvas')) {
      context?.drawImage(canvas, 0, 0, pane.width, pane.height);
    }
    const paintedAt = (x, y) => (context?.getImageData(Math.round(x), Math.round(y), 1, 1).data[3] ?? 0) > 200;
    const { a, e, f } = new DOMMatrix(getComputedStyle(list).transform);
    const parts = options.map((option) => ({ id: idOf(option), box: boxOf(option) }));
    const unpainted = parts
      .filter(({ id, box }) => /left|right/.test(id) && isInside(box))
      // Above the label, in the middle of the pill.
      .filter(({ box }) => !paintedAt(box.x + box.width / 2, box.y + box.height * 0.16))
      .map(({ id }) => `${id} is not painted where it can be pressed`);
    const outOfReach = options
      .filter((option) => {
        option.focus({ preventScroll: true });
        return !isInside(boxOf(option));
      })
      .map(idOf);
    return { name: list.getAttribute('aria-label') ?? '', zoom: a, x: e, y: f, parts, outOfReach, unpainted };
  });
}

export async function tooltipFaultsInPage() {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const faults = [];
  for (const option of document.querySelectorAll('[role="option"][data-part]')) {
    option.focus({ preventScroll: true });
    await frame();
    const name = option.getAttribute('aria-label') ?? '';
    const tooltip = document.querySelector('[role="tooltip"]');
    if (tooltip === null) {
      faults.push(`${name}: nothing is told`);
      continue;
    }
    const box = tooltip.getBoundingClientRect();
    const part = option.getBoundingClientRect();
    const isWhole = box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
    const isApart =
      box.left >= part.right || box.right <= part.left || box.top >= part.bottom || box.bottom <= part.top;
    if (!isWhole || tooltip.scrollWidth > tooltip.clientWidth + 1) faults.push(`${name}: clipped`);
    if (!isApart) faults.push(`${name}: covered by what is told of it`);
  }
  return faults;
}

export function textsOfSvg(files) {
  return files.map((file) => {
    const parsed = new DOMParser().parseFromString(file, 'image/svg+xml');
    if (parsed.querySelector('parsererror') !== null) return ['not well formed'];
    return [...parsed.querySelectorAll('text')].map(({ textContent }) => textContent);
  });
}
