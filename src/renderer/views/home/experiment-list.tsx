import type { ReactElement } from 'react';
import { Link } from 'wouter';
import type { Experiment } from '../../../shared/records/experiment.ts';
import { finishedTrials } from '../../../shared/search-state.ts';
import { Moment } from '../../components/moment.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { ExperimentStateMark } from '../../components/states.tsx';
import table from '../../components/table.module.css';
import { duration, percentDigits, STRATEGY_WORDS } from '../../components/words.ts';
import styles from './home.module.css';
import { Spark } from './spark.tsx';

export function ExperimentList({ experiments }: { experiments: readonly Experiment[] }): ReactElement {
  return (
    <div className={styles.box}>
      <table className={table.table}>
        <caption className="visually-hidden">Searches, newest first</caption>
        <thead>
          <tr>
            <th scope="col">Search</th>
            <th scope="col">State</th>
            <th scope="col">Trials</th>
            <th scope="col">Progress of the best</th>
            <th scope="col" className={table.number}>
              Best reward %
            </th>
            <th scope="col" className={table.number}>
              Time
            </th>
            <th scope="col" className={table.number}>
              Started
            </th>
          </tr>
        </thead>
        <tbody>
          {experiments.map((experiment) => (
            <ExperimentRow key={experiment.id} experiment={experiment} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ExperimentRow({ experiment }: { experiment: Experiment }): ReactElement {
  const { id, config, state, best, runningMs, createdAt, message } = experiment;
  const done = finishedTrials(experiment);
  const { trials } = config.budget;
  return (
    <tr>
      <td className={styles.search}>
        <Link href={`/experiments/${id}`} className={styles.name} title={config.name}>
          {config.name}
        </Link>
        <span className={styles.sub} title={config.dataset}>
          {STRATEGY_WORDS[config.strategy.kind]} on {config.dataset}, preset {config.preset}
        </span>
      </td>
      <td>
        <ExperimentStateMark state={state} />
        {message === null ? null : (
          <span className={styles.sub} title={message}>
            {message}
          </span>
        )}
      </td>
      <td className={styles.progress}>
        {done.toLocaleString('en')} of {trials.toLocaleString('en')}
        <ProgressBar part={done / trials} label={`Progress of ${config.name}`} />
      </td>
      <td>
        <Spark experiment={experiment} />
      </td>
      <td className={`${table.number} ${styles.best}`}>{best === null ? '–' : percentDigits(best.reward)}</td>
      <td className={table.number}>{duration(runningMs)}</td>
      <td className={table.number}>
        <Moment at={createdAt} />
      </td>
    </tr>
  );
}
