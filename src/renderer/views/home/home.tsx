import { Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { useLocation } from 'wouter';
import { Button } from '../../components/button.tsx';
import { Empty, ErrorPanel } from '../../components/notices.tsx';
import { SkeletonRows } from '../../components/skeletons.tsx';
import { useAnswer, useExperiments } from '../../state/use-workbench.ts';
import { DatasetList } from './dataset-list.tsx';
import { ExperimentList } from './experiment-list.tsx';
import styles from './home.module.css';

/** Experiments and data sets, and the way to a new search. */
export function Home(): ReactElement {
  const datasets = useAnswer('dataset.list', {});
  const [, navigate] = useLocation();
  const known = datasets.kind === 'ready' ? datasets.value : [];
  const start = (dataset: string): void => navigate(`/new?dataset=${encodeURIComponent(dataset)}`);
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
            onClick={() => navigate('/new')}
          >
            New search
          </Button>
        </header>
        <Experiments hasDatasets={datasets.kind !== 'ready' || known.length > 0} onStart={() => navigate('/new')} />
      </section>
      <section className={styles.section} aria-labelledby="datasets">
        <header className={styles.head}>
          <h2 id="datasets">Data sets</h2>
        </header>
        <DatasetList datasets={datasets} onStart={start} />
      </section>
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
    <div className={styles.nothing}>
      <Empty actions={hasDatasets ? <Button onClick={onStart}>Start a search of a few minutes</Button> : undefined}>
        {hasDatasets
          ? 'No searches yet. The quick preset takes minutes on two cores and shows everything.'
          : 'No searches yet. A search needs a data set: start with CIFAR-10 below.'}
      </Empty>
    </div>
  );
}
