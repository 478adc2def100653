import { Download } from 'lucide-react';
import { type ReactElement, useEffect, useLayoutEffect, useRef } from 'react';
import type { DatasetFetch } from '../../../shared/records/dataset.ts';
import { Button } from '../../components/button.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { aboutSpan } from '../../components/words.ts';
import { useHost } from '../../host/use-host.ts';
import { useAction, useSession } from '../../state/use-workbench.ts';
import { useWriting } from '../../state/use-writing.ts';
import styles from './home.module.css';
import { useDatasetFetch } from './use-dataset-fetch.ts';

const NAME = 'cifar10';

/** Fetches CIFAR-10 and shows how far that is, also where another page or an earlier one asked for it. */
export function AddCifar({ onAdded }: { onAdded: () => void }): ReactElement {
  const session = useSession();
  const action = useAction();
  const { clear } = action;
  const writing = useWriting();
  const start = useRef<HTMLButtonElement>(null);
  const { openProject } = useHost();
  const fetch = useDatasetFetch(NAME, onAdded);
  const running = fetch?.state === 'running' ? fetch : null;
  const isRunning = running !== null;
  const isBusy = isRunning || action.isBusy;
  const refused = action.error?.code === 'cancelled' ? null : action.error;
  const problem = fetch?.state === 'failed' ? fetch.text : (refused?.message ?? null);
  // Why a call failed is not to be seen beside, or after, a fetch that tells by itself how it goes and ends.
  // biome-ignore lint/correctness/useExhaustiveDependencies: its beginning and its end
  useEffect(() => clear(), [isRunning, clear]);
  const add = async (): Promise<void> => {
    if (await action.run(() => session.call('dataset.add', { name: NAME }))) onAdded();
  };
  return (
    <>
      <Button
        ref={start}
        kind="primary"
        icon={<Download size={14} aria-hidden="true" />}
        isBusy={isBusy}
        {...writing}
        onClick={() => void add()}
      >
        {isBusy ? 'Fetching CIFAR-10' : 'Start with CIFAR-10'}
      </Button>
      {openProject === undefined ? null : <Button onClick={openProject}>Open a project</Button>}
      {running === null ? null : <FetchProgress fetch={running} onLostFocus={() => start.current?.focus()} />}
      {isBusy || problem === null ? null : (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

/** `onLostFocus`: the fetch ended, and its button went with the focus. */
function FetchProgress(props: { readonly fetch: DatasetFetch; readonly onLostFocus: () => void }): ReactElement {
  const { fetch } = props;
  const { name, text, part, leftMs } = fetch;
  const session = useSession();
  const cancelling = useAction();
  const writing = useWriting();
  const done = part === null ? '' : `, ${Math.floor(100 * part)} %`;
  const left = leftMs === null || part === 1 ? '' : `, ${aboutSpan(leftMs)} left`;
  const button = useRef<HTMLButtonElement>(null);
  const latest = useRef(props);
  latest.current = props;
  // The last moment at which it is there; whoever ended the fetch, here or on another page.
  useLayoutEffect(() => {
    const cancel = button.current;
    return () => {
      if (document.activeElement === cancel) latest.current.onLostFocus();
    };
  }, []);
  return (
    <div className={styles.fetch}>
      <div className={styles.fetchProgress}>
        <span>
          {text}
          {done}
          {left}
        </span>
        {part === null ? null : <ProgressBar part={part} label={text} />}
      </div>
      <Button
        ref={button}
        isBusy={cancelling.isBusy}
        {...writing}
        onClick={() => void cancelling.run(() => session.call('dataset.cancelFetch', { name }))}
        aria-label="Cancel fetching CIFAR-10"
      >
        Cancel
      </Button>
      {cancelling.error === null ? null : (
        <p className={styles.problem} role="alert">
          {cancelling.error.message}
        </p>
      )}
    </div>
  );
}
