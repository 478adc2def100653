import { lazy, type ReactElement, Suspense, useEffect } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { Empty, Guard } from '../../components/notices.tsx';
import { listenForCommandKeys } from '../../state/commands.ts';
import { useOpenDialog } from '../../state/open-dialogs.ts';
import { useStatus, useWantedTimeZone } from '../../state/use-workbench.ts';
import { useWorkbenchStatus } from '../../state/use-workbench-status.ts';
import { Home } from '../home/home.tsx';
import styles from './app.module.css';
import { useFrameCommands } from './frame-commands.ts';
import { Header } from './header.tsx';
import { LiveRegions } from './live-regions.tsx';
import { LostStrip } from './lost-strip.tsx';
import { NotAuthorised } from './not-authorised.tsx';
import { OtherVersion } from './other-version.tsx';
import { ResumedBanner } from './resumed-banner.tsx';
import { StatusBar } from './status-bar.tsx';
import { Toast } from './toast.tsx';
import { useNews } from './use-news.ts';
import { useScreenChange } from './use-screen-change.ts';

// Home is what most people see first; the other screens bring graphs, charts and forms.
const SearchScreen = lazy(async () => ({ default: (await import('../search/search-screen.tsx')).SearchScreen }));
const TrialScreen = lazy(async () => ({ default: (await import('../trial/trial-screen.tsx')).TrialScreen }));
const CompareScreen = lazy(async () => ({ default: (await import('../compare/compare-screen.tsx')).CompareScreen }));
const DoctorScreen = lazy(async () => ({ default: (await import('../doctor/doctor-screen.tsx')).DoctorScreen }));
const NewSearchScreen = lazy(async () => ({ default: (await import('../home/new-search.tsx')).NewSearchScreen }));
const DIALOGS = {
  palette: lazy(async () => ({ default: (await import('./palette.tsx')).Palette })),
  shortcuts: lazy(async () => ({ default: (await import('./shortcuts.tsx')).Shortcuts })),
  log: lazy(async () => ({ default: (await import('./log-dialog.tsx')).LogDialog })),
} as const;

export function App(): ReactElement {
  const status = useStatus();
  if (status.kind === 'refused') return <NotAuthorised />;
  if (status.kind === 'otherVersion') return <OtherVersion sentence={status.sentence} />;
  return <Workbench />;
}

function Workbench(): ReactElement {
  useEffect(() => listenForCommandKeys(document), []);
  useFrameCommands();
  useScreenChange();
  useNews();
  // Read at the start, so that no time is seen in the browser's zone first.
  useWantedTimeZone();
  const status = useWorkbenchStatus();
  return (
    <div className={styles.app}>
      <SkipLink />
      <Header />
      <LostStrip />
      <ResumedBanner status={status} />
      <main id="main" className={styles.main} tabIndex={-1}>
        <Screens />
      </main>
      <StatusBar status={status} />
      <Toast />
      <LiveRegions />
      <OpenDialog />
    </div>
  );
}

/** For keys: past the header to the screen. */
function SkipLink(): ReactElement {
  return (
    <button type="button" className={styles.skip} onClick={() => document.getElementById('main')?.focus()}>
      Skip to the screen
    </button>
  );
}

function OpenDialog(): ReactElement | null {
  const open = useOpenDialog();
  if (open === null) return null;
  const Shown = DIALOGS[open];
  return (
    <Suspense fallback={null}>
      <Shown />
    </Suspense>
  );
}

function Screens(): ReactElement {
  const [path] = useLocation();
  return (
    // A screen that broke does not break the next one.
    <Guard key={path}>
      <Suspense fallback={null}>
        <Switch>
          <Route path="/">
            <Home />
          </Route>
          <Route path="/new">
            <NewSearchScreen />
          </Route>
          <Route path="/experiments/:id">{({ id }) => <SearchScreen key={id} id={Number(id)} />}</Route>
          <Route path="/experiments/:id/trials/:trial">
            {({ id, trial }) => <TrialScreen key={`${id}/${trial}`} experiment={Number(id)} asked={trial} />}
          </Route>
          <Route path="/experiments/:id/compare">{({ id }) => <CompareScreen key={id} id={Number(id)} />}</Route>
          <Route path="/doctor">
            <DoctorScreen />
          </Route>
          <Route>
            <Empty actions={<a href="/">Home</a>}>There is no such page.</Empty>
          </Route>
        </Switch>
      </Suspense>
    </Guard>
  );
}
