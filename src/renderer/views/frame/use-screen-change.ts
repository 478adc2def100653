import { useEffect, useRef } from 'react';
import { useLocation, useRoute } from 'wouter';
import { nameInAddress } from '../../state/row-key.ts';
import { useExperiment } from '../../state/use-workbench.ts';

/** What the window is called on each screen. */
function useTitle(): string {
  const [isExperiment, experiment] = useRoute('/experiments/:id/*?');
  const [isTrial, trial] = useRoute('/experiments/:id/trials/:trial');
  const [isCompare] = useRoute('/experiments/:id/compare');
  const [path] = useLocation();
  const loaded = useExperiment(isExperiment ? Number(experiment.id) : 0);
  const name = loaded.kind === 'ready' ? loaded.value.experiment?.config.name : undefined;
  const search = name ?? (isExperiment ? `Search ${experiment.id}` : '');
  if (isTrial) return `Trial ${nameInAddress(trial.trial)} · ${search}`;
  if (isCompare) return `Compare · ${search}`;
  if (isExperiment) return search;
  return { '/': 'Home', '/doctor': 'Doctor', '/new': 'New search' }[path] ?? 'No such page';
}

/** A screen that is fetched may bring its heading late. Milliseconds (ours). */
const HEADING_WAIT_MS = 4_000;

/** Names the window after its screen, and takes the focus to the heading when the screen changes, for screen readers. */
export function useScreenChange(): void {
  const title = useTitle();
  const [path] = useLocation();
  const before = useRef(path);
  useEffect(() => {
    document.title = `${title} · Cellwright`;
  }, [title]);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    return focusHeading(document.activeElement);
  }, [path]);
}

/** As soon as there is one, unless the person has gone elsewhere meanwhile. */
function focusHeading(from: Element | null): () => void {
  const main = document.querySelector('main');
  if (main === null) return () => undefined;
  const focus = (): boolean => {
    const { activeElement } = document;
    if (activeElement !== from && activeElement !== document.body) return true;
    const heading = main.querySelector<HTMLElement>('h1');
    if (heading === null) return false;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    return true;
  };
  if (focus()) return () => undefined;
  const observer = new MutationObserver(() => {
    if (focus()) observer.disconnect();
  });
  observer.observe(main, { childList: true, subtree: true });
  const timer = setTimeout(() => observer.disconnect(), HEADING_WAIT_MS);
  return () => {
    clearTimeout(timer);
    observer.disconnect();
  };
}
