import { House, Monitor, Moon, Stethoscope, Sun } from 'lucide-react';
import type { ReactElement } from 'react';
import { Link, useRoute } from 'wouter';
import { IconButton } from '../../components/button.tsx';
import { chooseTheme, THEME_CHOICES, useThemeChoice } from '../../state/theme.ts';
import { useExperiment } from '../../state/use-workbench.ts';
import styles from './app.module.css';

export function Header(): ReactElement {
  return (
    <header className={styles.header}>
      <Link href="/" className={styles.home}>
        <House size={16} aria-hidden="true" />
        Cellwright
      </Link>
      <Breadcrumb />
      <Link href="/doctor" className={styles.link}>
        <Stethoscope size={16} aria-hidden="true" />
        Doctor
      </Link>
      <ThemeSwitch />
    </header>
  );
}

function Breadcrumb(): ReactElement {
  const [isExperiment, experiment] = useRoute('/experiments/:id/*?');
  const [isTrial, trial] = useRoute('/experiments/:id/trials/:trial');
  const [isCompare] = useRoute('/experiments/:id/compare');
  const [isDoctor] = useRoute('/doctor');
  return (
    <nav className={styles.crumbs} aria-label="Where you are">
      <ol className={styles.crumbs}>
        {isDoctor ? <li>Doctor</li> : null}
        {isExperiment ? <ExperimentCrumbs id={Number(experiment.id)} /> : null}
        {isCompare ? <li>Compare</li> : null}
        {isTrial ? <li>Trial {trial.trial}</li> : null}
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
      <li>{dataset}</li>
      <li>
        <Link href={`/experiments/${id}`} title={name}>
          <bdi>{name}</bdi>
        </Link>
      </li>
    </>
  );
}

const THEME_ICONS = { system: Monitor, light: Sun, dark: Moon } as const;
const THEME_WORDS = { system: 'as the system', light: 'light', dark: 'dark' } as const;

function ThemeSwitch(): ReactElement {
  const choice = useThemeChoice();
  const Icon = THEME_ICONS[choice];
  const next = THEME_CHOICES[(THEME_CHOICES.indexOf(choice) + 1) % THEME_CHOICES.length] ?? 'system';
  return (
    <IconButton
      label={`Theme: ${THEME_WORDS[choice]}. Switch to ${THEME_WORDS[next]}`}
      icon={<Icon size={16} aria-hidden="true" />}
      onClick={() => chooseTheme(next)}
    />
  );
}
