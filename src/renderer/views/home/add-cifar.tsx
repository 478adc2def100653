import { Download } from 'lucide-react';
import type { ReactElement } from 'react';
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
  const writing = useWriting();
  const { openProject } = useHost();
  const fetch = useDatasetFetch(NAME, onAdded);
  const running = fetch?.state === 'running' ? fetch : null;
  const isBusy = running !== null || action.isBusy;
  const problem = fetch?.state === 'failed' ? fetch.text : (action.error?.message ?? null);
  const add = async (): Promise<void> => {
    if (await action.run(() => session.call('dataset.add', { name: NAME }))) onAdded();
  };
  return (
    <>
      <Button
        kind="primary"
        icon={<Download size={14} aria-hidden="true" />}
        isBusy={isBusy}
        {...writing}
        onClick={() => void add()}
      >
        {isBusy ? 'Fetching CIFAR-10' : 'Start with CIFAR-10'}
      </Button>
      {openProject === undefined ? null : <Button onClick={openProject}>Open a project</Button>}
      {running === null ? null : <FetchProgress fetch={running} />}
      {isBusy || problem === null ? null : (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

function FetchProgress({ fetch: { text, part, leftMs } }: { fetch: DatasetFetch }): ReactElement {
  const done = part === null ? '' : `, ${Math.floor(100 * part)} %`;
  const left = leftMs === null || part === 1 ? '' : `, ${aboutSpan(leftMs)} left`;
  return (
    <div className={styles.fetch}>
      <span>
        {text}
        {done}
        {left}
      </span>
      {part === null ? null : <ProgressBar part={part} label={text} />}
    </div>
  );
}
