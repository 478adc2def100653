import { Fragment, type ReactElement } from 'react';
import type { Dataset } from '../../../shared/records/dataset.ts';
import { Button } from '../../components/button.tsx';
import { Empty, ErrorPanel } from '../../components/notices.tsx';
import { SkeletonRows } from '../../components/skeletons.tsx';
import { plural } from '../../components/words.ts';
import type { Loaded } from '../../state/use-workbench.ts';
import { AddCifar } from './add-cifar.tsx';
import { DatasetSamples } from './dataset-samples.tsx';
import styles from './home.module.css';

/** Which side is which is said where they differ. */
function imageWords({ imageSize: { height, width }, channels }: Dataset): string {
  const size = height === width ? `${height} × ${width} pixels` : `${height} pixels high and ${width} wide`;
  return channels === 1 ? `${size}, grey,` : size;
}

interface DatasetListProps {
  readonly datasets: Loaded<Dataset[]> & { readonly again: () => void };
  readonly onStart: (name: string) => void;
}

export function DatasetList({ datasets, onStart }: DatasetListProps): ReactElement {
  if (datasets.kind === 'loading') return <SkeletonRows count={1} height={96} />;
  if (datasets.kind === 'failed') return <ErrorPanel message={datasets.error.message} onRetry={datasets.retry} />;
  if (datasets.value.length === 0) {
    return (
      <div className={styles.nothing}>
        <Empty actions={<AddCifar onAdded={datasets.again} />}>
          No data sets yet. CIFAR-10 has 60,000 images of ten classes; 139 MB are downloaded once.
        </Empty>
      </div>
    );
  }
  return (
    <ul className={styles.datasets}>
      {datasets.value.map((dataset) => (
        <li key={dataset.name} className={styles.dataset}>
          <h2>{dataset.title}</h2>
          <p>
            {plural(dataset.counts.train, 'training image')}, {plural(dataset.counts.test, 'test image')} of{' '}
            {imageWords(dataset)} in {plural(dataset.classes.length, 'class', 'classes')}
          </p>
          <p className={styles.classes} title={dataset.classes.join(', ')}>
            {dataset.classes.map((name, index) => (
              <Fragment key={name}>
                {index > 0 ? ', ' : null}
                <bdi>{name}</bdi>
              </Fragment>
            ))}
          </p>
          <DatasetSamples dataset={dataset} />
          <p>{dataset.source}</p>
          <div className={styles.start}>
            <Button onClick={() => onStart(dataset.name)} aria-label={`Start a search on ${dataset.title}`}>
              Start a search
            </Button>
          </div>
        </li>
      ))}
    </ul>
  );
}
