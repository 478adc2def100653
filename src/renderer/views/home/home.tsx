import { Plus } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Empty, ErrorPanel, SkeletonRows } from '../../components/notices.tsx';
import { useAnswer, useExperiments } from '../../state/use-workbench.ts';
import { DatasetList } from './dataset-list.tsx';
import { ExperimentList } from './experiment-list.tsx';
import styles from './home.module.css';
import { NewSearch } from './new-search.tsx';

/** Experiments and data sets, and the way to a new search. */
export function Home(): ReactElement {
  const datasets = useAnswer('dataset.list', {});
  /** The data set that a new search is being described for; null while none is. */
  const [chosen, setChosen] = useState<string | null>(null);
  const known = datasets.kind === 'ready' ? datasets.value : [];
  const start = (name = known[0]?.name): void => {
    if (name !== undefined) setChosen(name);
  };
  return (
    <div className={styles.home}>
      <section className={styles.section} aria-labelledby="experiments">
        <header className={styles.head}>
          <h1 id="experiments">Searches</h1>
          <Button
            kind="primary"
            icon={<Plus size={14} aria-hidden="true" />}
            disabled={known.length === 0}
            title={known.length === 0 ? 'A search needs a data set' : undefined}
            onClick={() => start()}
          >
            New search
          </Button>
        </header>
        <Experiments hasDatasets={known.length > 0} onStart={start} />
      </section>
      <section className={styles.section} aria-labelledby="datasets">
        <header className={styles.head}>
          <h1 id="datasets">Data sets</h1>
        </header>
        <DatasetList datasets={datasets} onStart={start} />
      </section>
      {chosen === null ? null : <NewSearch datasets={known} dataset={chosen} onClose={() => setChosen(null)} />}
    </div>
  );
}

function Experiments({ hasDatasets, onStart }: { hasDatasets: boolean; onStart: () => void }): ReactElement {
  const experiments = useExperiments();
  if (experiments.kind === 'loading') return <SkeletonRows count={4} height={48} />;
  if (experiments.kind === 'failed') {
    return <ErrorPanel message={experiments.error.message} onRetry={experiments.retry} />;
  }
  const list = [...experiments.value.values()].sort((one, other) => other.id - one.id);
  if (list.length > 0) return <ExperimentList experiments={list} />;
  return (
    <Empty actions={hasDatasets ? <Button onClick={onStart}>Start a search of a few minutes</Button> : undefined}>
      {hasDatasets
        ? 'No searches yet. The quick preset takes minutes on two cores and shows everything.'
        : 'No searches yet. A search needs a data set: start with CIFAR-10 below.'}
    </Empty>
  );
}
