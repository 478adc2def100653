// Runs inside the page, whose types the tests do not know; called by layout-faults.ts, which has the words for it.

/** Every function that the page needs is inside of this one, as it is sent there alone. */
export function layoutFaultsInPage() {
  /** Pixels that a fraction, a font's own metrics or a border may take. */
  const SLACK = 1;
  const SMALLEST_TEXT = 12;
  const SMALLEST_CONTROL = 24;
  const CONTROLS =
    'button, a[href], input, select, textarea, summary, [role="tab"], [role="menuitem"], [role="option"]';
  const OUTSIDE = 'lies outside the window';
  const styleOf = (element) => getComputedStyle(element);
  const isPart = (element) => element.closest('[data-part]') !== null;

  const told = (element, text) => {
    const named = element.closest('[id], [aria-label], [role], section, dialog, form');
    const place = named === null ? '' : ` in ${named.tagName.toLowerCase()} ${named.getAttribute('aria-label') ?? ''}`;
    const { className } = element;
    return `“${text.trim().slice(0, 50)}” (${element.tagName.toLowerCase()}.${String(className.baseVal ?? className)}${place.trimEnd()})`;
  };
  const within = (one, other) => {
    const left = Math.max(one.left, other.left);
    const top = Math.max(one.top, other.top);
    const right = Math.min(one.right, other.right);
    const bottom = Math.min(one.bottom, other.bottom);
    return { left, top, right, bottom };
  };
  const isNothing = ({ left, top, right, bottom }) => right - left <= SLACK || bottom - top <= SLACK;
  const paddingBox = (element) => {
    const box = element.getBoundingClientRect();
    const { clientLeft, clientTop, clientWidth, clientHeight } = element;
    const scale = element.offsetWidth > 0 ? box.width / element.offsetWidth : 1;
    const left = box.left + clientLeft * scale;
    const top = box.top + clientTop * scale;
    return { left, top, right: left + clientWidth * scale, bottom: top + clientHeight * scale };
  };
  const holdsAbsolute = (style) =>
    style.position !== 'static' || style.transform !== 'none' || /paint|strict|content/.test(style.contain);
  const isForReadersOnly = (element) => {
    const { width, height } = element.getBoundingClientRect();
    return styleOf(element).clipPath === 'inset(50%)' || (width <= 1 && height <= 1);
  };
  /** Elements that cut what is in this one, from the inside out. */
  const cuttersOf = (element) => {
    const cutters = [];
    let isLifted = false;
    for (let one = element; one !== null; one = one.parentElement) {
      const style = styleOf(one);
      if (isForReadersOnly(one)) return null;
      if (!isLifted || holdsAbsolute(style)) {
        isLifted = false;
        if (style.display !== 'inline' && (style.overflowX !== 'visible' || style.overflowY !== 'visible')) {
          cutters.push({ element: one, style });
        }
      }
      if (style.position === 'fixed') break;
      if (style.position === 'absolute') isLifted = true;
    }
    return cutters;
  };
  const isMarked = ({ element, style }) =>
    (style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none') &&
    (element.closest('[title]') !== null || element.querySelector('[title]') !== null);
  /** What shows of a text's box, and how it is cut. */
  const shown = (rect, cutters) => {
    let box = rect;
    let fault = null;
    let isScrolled = false;
    for (const cutter of cutters) {
      const { element, style } = cutter;
      const edge = paddingBox(element);
      const isCutAcross = box.left < edge.left - SLACK || box.right > edge.right + SLACK;
      // A line is as high as its letters with their descenders, so that a part of a pixel cuts a descender.
      const slack = isScrolled ? SLACK : SLACK / 2;
      const isCutDown = box.top < edge.top - SLACK || box.bottom > edge.bottom + slack;
      const scrolls = (overflow) => overflow === 'auto' || overflow === 'scroll';
      const isFault =
        (isCutAcross && /hidden|clip/.test(style.overflowX)) || (isCutDown && /hidden|clip/.test(style.overflowY));
      if (isFault && !isMarked(cutter) && !(scrolls(style.overflowX) && scrolls(style.overflowY))) {
        fault ??= `is cut by ${element.tagName.toLowerCase()}.${element.className}`;
      }
      isScrolled ||= scrolls(style.overflowX) || scrolls(style.overflowY);
      box = within(box, edge);
      if (isNothing(box)) return { box: null, fault: null };
    }
    const isOutside =
      box.left < -SLACK || box.top < -SLACK || box.right > innerWidth + SLACK || box.bottom > innerHeight + SLACK;
    return { box, fault: isOutside ? OUTSIDE : fault };
  };

  /** For a control that is there for keys only. */
  const comesByFocus = (element) => {
    const control = element.closest('button, a');
    if (control === null) return false;
    // Beneath a dialog nothing can be reached.
    const dialog = document.querySelector('[role="dialog"], [role="alertdialog"], dialog[open]');
    if (dialog !== null && !dialog.contains(control)) return true;
    const { activeElement } = document;
    control.focus({ preventScroll: true });
    const { left, top, right, bottom } = control.getBoundingClientRect();
    control.blur();
    activeElement?.focus({ preventScroll: true });
    return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
  };

  const faults = [];
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const { parentElement: parent, data } = node;
    if (data.trim() === '' || parent.closest('select, script, style, noscript, svg') !== null) continue;
    if (!parent.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const cutters = cuttersOf(parent);
    if (cutters === null) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      if (isNothing(rect)) continue;
      const { box, fault } = shown(rect, cutters);
      if (fault === OUTSIDE && comesByFocus(parent)) continue;
      if (fault !== null) faults.push(`${told(parent, data)} ${fault}`);
      if (box === null) continue;
      const size = Number.parseFloat(styleOf(parent).fontSize);
      if (size < SMALLEST_TEXT) faults.push(`${told(parent, data)} is ${size} px`);
      texts.push({ parent, data, box });
    }
  }

  /** Which of two texts is on top where they meet: null where neither shows. */
  const upperAt = (x, y, one, other) => {
    for (const element of document.elementsFromPoint(x, y)) {
      const hasOne = element.contains(one.parent) || one.parent.contains(element);
      const hasOther = element.contains(other.parent) || other.parent.contains(element);
      if (hasOne && hasOther) return 'both';
      if (hasOne) return one;
      if (hasOther) return other;
      if (!/rgba\(.*, 0\)|transparent/.test(styleOf(element).backgroundColor)) return null;
    }
    return null;
  };
  /** Whether what bears the upper text hides what is beneath: a popup, a head that stays while rows move. */
  const isCovered = (upper, lower) => {
    let isLifted = false;
    let isOpaque = false;
    for (let one = upper.parent; one !== null && !one.contains(lower.parent); one = one.parentElement) {
      const { backgroundColor, position } = styleOf(one);
      isLifted ||= position !== 'static';
      isOpaque ||= /^rgb\(/.test(backgroundColor);
    }
    return isLifted && isOpaque;
  };
  texts.sort((one, other) => one.box.top - other.box.top);
  for (const [index, one] of texts.entries()) {
    for (let next = index + 1; next < texts.length; next++) {
      const other = texts[next];
      if (other.box.top >= one.box.bottom - SLACK) break;
      const shared = within(one.box, other.box);
      if (isNothing(shared) || one.parent === other.parent) continue;
      const upper = upperAt((shared.left + shared.right) / 2, (shared.top + shared.bottom) / 2, one, other);
      if (upper === null) continue;
      const isHidden =
        upper === 'both'
          ? isCovered(one, other) || isCovered(other, one)
          : isCovered(upper, upper === one ? other : one);
      if (isHidden) continue;
      faults.push(`${told(one.parent, one.data)} overlaps ${told(other.parent, other.data)}`);
    }
  }

  const measure = document.createElement('canvas').getContext('2d');
  const widthOf = (text, style) => {
    measure.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    return measure.measureText(text).width;
  };
  for (const control of document.querySelectorAll(CONTROLS)) {
    if (!control.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || isPart(control)) continue;
    const cutters = cuttersOf(control);
    const box = control.getBoundingClientRect();
    const style = styleOf(control);
    // Links in a sentence are as high as its lines.
    if (cutters === null || style.display === 'inline' || box.width === 0) continue;
    const name = control.getAttribute('aria-label') ?? control.textContent;
    const x = (box.left + box.right) / 2;
    const y = (box.top + box.bottom) / 2;
    const label = control.closest('label') ?? control.labels?.[0] ?? control;
    const hits = (dx, dy) => {
      const hit = document.elementFromPoint(x + dx, y + dy);
      return hit !== null && (control.contains(hit) || label.contains(hit));
    };
    const { box: seen } = shown(box, cutters);
    const isWhole = seen !== null && seen.right - seen.left > box.width - 1 && seen.bottom - seen.top > box.height - 1;
    if (isWhole && hits(0, 0)) {
      const reach = SMALLEST_CONTROL / 2 - 1;
      // Where it is small, what is pressed around it has to be it as well, or its label.
      const { width, height } = label.getBoundingClientRect();
      const isHigh = height >= SMALLEST_CONTROL - 0.5 || (hits(0, -reach) && hits(0, reach));
      const isWide = width >= SMALLEST_CONTROL - 0.5 || (hits(-reach, 0) && hits(reach, 0));
      if (!isHigh || !isWide) {
        const size = `${box.width.toFixed(1)} x ${box.height.toFixed(1)}`;
        faults.push(`${told(control, name)} can be pressed on ${size} only`);
      }
    }
    if (control.matches('select, input:not([type="checkbox"], [type="radio"], [type="range"])')) {
      const text = control.matches('select')
        ? (control.selectedOptions[0]?.textContent ?? '')
        : control.value === ''
          ? control.placeholder
          : /number/.test(control.type + control.inputMode)
            ? control.value
            : '';
      const room = control.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight);
      const isMarkedField = style.textOverflow === 'ellipsis' && control.title !== '';
      if (widthOf(text, style) > room + SLACK && !isMarkedField)
        faults.push(`${told(control, text)} is longer than its field`);
    }
  }

  const across = document.documentElement.scrollWidth - innerWidth;
  const down = document.documentElement.scrollHeight - innerHeight;
  if (across > 0 || down > 0) faults.push(`the window scrolls by ${across} x ${down}`);
  return [...new Set(faults)];
}
