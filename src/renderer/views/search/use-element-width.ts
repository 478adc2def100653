import { useCallback, useRef, useState } from 'react';

/** A ref for an element, and its width in pixels; before it is known, that of a wide one. */
export function useElementWidth(): readonly [(element: HTMLElement | null) => void, number] {
  const [width, setWidth] = useState(820);
  const observer = useRef<ResizeObserver | null>(null);
  const attach = useCallback((element: HTMLElement | null): void => {
    observer.current?.disconnect();
    if (element === null) return;
    setWidth(element.clientWidth);
    observer.current = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.current.observe(element);
  }, []);
  return [attach, width];
}
