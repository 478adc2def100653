import { House, Search, Stethoscope } from 'lucide-react';
import type { ReactElement } from 'react';
import { Link, useRoute } from 'wouter';
import { KeyCaps } from '../../components/key-caps.tsx';
import { showDialog } from '../../state/open-dialogs.ts';
import { nameInAddress } from '../../state/row-key.ts';
import { useExperiment } from '../../state/use-workbench.ts';
import styles from './app.module.css';
import { Settings } from './settings.tsx';

export function Header(): ReactElement {
  return (
    <header className={styles.header} data-pane="header">
      <Link href="/" className={styles.home}>
        <House size={16} aria-hidden="true" />
        Cellwright
      </Link>
      <Breadcrumb />
      <button type="button" className={styles.search} onClick={() => showDialog('palette')}>
        <Search size={14} aria-hidden="true" />
        <span className={styles.searchWords}>Search or run…</span>
        <KeyCaps keys="Ctrl+K" />
      </button>
      <Link href="/doctor" className={styles.link}>
        <Stethoscope size={16} aria-hidden="true" />
        Doctor
      </Link>
      <Settings />
    </header>
  );
}

function Breadcrumb(): ReactElement {
  const [isExperiment, experiment] = useRoute('/experiments/:id/*?');
  const [isTrial, trial] = useRoute('/experiments/:id/trials/:trial');
  const [isCompare] = useRoute('/experiments/:id/compare');
  const [isDoctor] = useRoute('/doctor');
  const [isNew] = useRoute('/new');
  return (
    <nav className={styles.crumbs} aria-label="Where you are">
      <ol className={styles.crumbs}>
        {isDoctor ? <li>Doctor</li> : null}
        {isNew ? <li>New search</li> : null}
        {isExperiment ? <ExperimentCrumbs id={Number(experiment.id)} /> : null}
        {isCompare ? <li>Compare</li> : null}
        {isTrial ? <li>Trial {nameInAddress(trial.trial)}</li> : null}
      </ol>
    </nav>
  );
}

function ExperimentCrumbs({ id }: { id: number }): ReactElement | null {
  const loaded = useExperiment(id);
  if (loaded.kind !== 'ready' || loaded.value.experiment === null) return null;
  const { dataset, name } = loaded.value.experiment.config;
  return (
    <>
      <li className={styles.crumbData}>{dataset}</li>
      <li className={styles.crumbName}>
        <Link href={`/experiments/${id}`} title={name}>
          <bdi>{name}</bdi>
        </Link>
      </li>
    </>
  );
}
