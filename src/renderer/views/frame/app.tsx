import { lazy, type ReactElement, Suspense, useEffect } from 'react';
import { Route, Switch } from 'wouter';
import { Empty, Guard } from '../../components/notices.tsx';
import { listenForCommandKeys } from '../../state/commands.ts';
import { useStatus } from '../../state/use-workbench.ts';
import { Home } from '../home/home.tsx';
import styles from './app.module.css';
import { Header } from './header.tsx';
import { LiveRegions } from './live-regions.tsx';
import { LostStrip } from './lost-strip.tsx';
import { NotAuthorised } from './not-authorised.tsx';
import { StatusBar } from './status-bar.tsx';
import { UndoToast } from './undo-toast.tsx';

// Home is what most people see first; the other screens bring graphs and charts.
const SearchScreen = lazy(async () => ({ default: (await import('../search/search-screen.tsx')).SearchScreen }));
const TrialScreen = lazy(async () => ({ default: (await import('../trial/trial-screen.tsx')).TrialScreen }));
const CompareScreen = lazy(async () => ({ default: (await import('../compare/compare-screen.tsx')).CompareScreen }));
const DoctorScreen = lazy(async () => ({ default: (await import('../doctor/doctor-screen.tsx')).DoctorScreen }));

export function App(): ReactElement {
  const isRefused = useStatus().kind === 'refused';
  useEffect(() => listenForCommandKeys(document), []);
  if (isRefused) return <NotAuthorised />;
  return (
    <div className={styles.app}>
      <Header />
      <LostStrip />
      <main className={styles.main}>
        <Guard>
          <Suspense fallback={null}>
            <Screens />
          </Suspense>
        </Guard>
      </main>
      <StatusBar />
      <UndoToast />
      <LiveRegions />
    </div>
  );
}

function Screens(): ReactElement {
  return (
    <Switch>
      <Route path="/">
        <Home />
      </Route>
      <Route path="/experiments/:id">{({ id }) => <SearchScreen key={id} id={Number(id)} />}</Route>
      <Route path="/experiments/:id/trials/:trial">
        {({ id, trial }) => <TrialScreen key={`${id}/${trial}`} experiment={Number(id)} trial={Number(trial)} />}
      </Route>
      <Route path="/experiments/:id/compare">{({ id }) => <CompareScreen key={id} id={Number(id)} />}</Route>
      <Route path="/doctor">
        <DoctorScreen />
      </Route>
      <Route>
        <Empty actions={<a href="/">Home</a>}>There is no such page.</Empty>
      </Route>
    </Switch>
  );
}
