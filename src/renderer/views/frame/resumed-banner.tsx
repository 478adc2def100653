import { type ReactElement, useState } from 'react';
import { Link } from 'wouter';
import type { WorkbenchStatus } from '../../../shared/records/log.ts';
import { trialName } from '../../../shared/trial-name.ts';
import { Button } from '../../components/button.tsx';
import { KeptChoice, useKeptChoice } from '../../state/kept-choice.ts';
import { rowKeyOf, trialAddress } from '../../state/row-key.ts';
import { useExperiments } from '../../state/use-workbench.ts';
import styles from './app.module.css';
import { resumedSentence } from './resumed-words.ts';

/** The start of the workbench whose banner was dismissed: the next crash shows it again. */
const dismissed = new KeptChoice('resumed-dismissed', (kept) => kept ?? '');

/** After a crash: what was interrupted and goes on. */
export function ResumedBanner({ status }: { status: WorkbenchStatus | null }): ReactElement | null {
  const dismissedStart = useKeptChoice(dismissed);
  const [isDetailed, setIsDetailed] = useState(false);
  if (status === null || status.resumed.length === 0 || status.startedAt === dismissedStart) return null;
  return (
    <section className={styles.banner} aria-label="Resumed after an interruption">
      <div className={styles.bannerLine}>
        <p>{resumedSentence(status.resumed)}</p>
        <Button aria-expanded={isDetailed} onClick={() => setIsDetailed(!isDetailed)}>
          Details
        </Button>
        <Button onClick={() => dismissed.set(status.startedAt, status.startedAt)}>Dismiss</Button>
      </div>
      {isDetailed ? <Details resumed={status.resumed} /> : null}
    </section>
  );
}

function Details({ resumed }: Pick<WorkbenchStatus, 'resumed'>): ReactElement {
  const experiments = useExperiments();
  const nameOf = (id: number): string =>
    (experiments.kind === 'ready' ? experiments.value.get(id)?.config.name : undefined) ?? `search ${id}`;
  return (
    <ul className={styles.bannerList}>
      {resumed.map(({ experiment, epoch, ...row }) => (
        <li key={`${experiment}/${rowKeyOf(row)}`}>
          <Link href={trialAddress(experiment, row)}>Trial {trialName(row)}</Link> of <bdi>{nameOf(experiment)}</bdi>:{' '}
          {epoch === 0 ? 'from its begin' : `after epoch ${epoch}`}
        </li>
      ))}
    </ul>
  );
}
