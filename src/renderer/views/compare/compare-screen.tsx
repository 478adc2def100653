import { type ReactElement, useMemo } from 'react';
import { Link, useLocation, useSearchParams } from 'wouter';
import type { Experiment, Trial } from '../../../shared/records/experiment.ts';
import { Empty, ErrorPanel, Guard } from '../../components/notices.tsx';
import { Segments } from '../../components/segments.tsx';
import { SkeletonRows } from '../../components/skeletons.tsx';
import { CELL_KIND_WORDS, type CellKind } from '../../graphs/thumbnail-summary.ts';
import { useCommands } from '../../state/commands.ts';
import { type RowKey, rowKeyOf, rowName } from '../../state/row-key.ts';
import { useMedia } from '../../state/use-media.ts';
import { useExperiment, useSomeTrials } from '../../state/use-workbench.ts';
import { compareAddress, readCompared } from '../search/search-view.ts';
import styles from './compare.module.css';
import { CompareCurves } from './compare-curves.tsx';
import { CompareTable } from './compare-table.tsx';
import { ComparedCell } from './compared-cell.tsx';

const KINDS = ['normal', 'reduction'] as const satisfies readonly CellKind[];

/** Which cells of each trial are shown; both where the address does not say and the window is not low. */
const SHOWN = ['both', ...KINDS] as const;
type Shown = (typeof SHOWN)[number];
const SHOWN_WORDS: Readonly<Record<Shown, string>> = { both: 'Both', ...CELL_KIND_WORDS };
const SHOWN_OPTIONS = SHOWN.map((value) => ({ value, title: SHOWN_WORDS[value] }));

/** Two to six cells side by side: what differs from the first is marked. */
export function CompareScreen({ id }: { id: number }): ReactElement {
  const [params] = useSearchParams();
  const asked = params.get('trials');
  const rows = useMemo(() => readCompared(asked), [asked]);
  const experiment = useExperiment(id);
  const trials = useSomeTrials(id, rows);
  const failed = [experiment, trials].find((loaded) => loaded.kind === 'failed');
  if (failed?.kind === 'failed') return <ErrorPanel message={failed.error.message} onRetry={failed.retry} />;
  if (experiment.kind !== 'ready' || trials.kind !== 'ready') return <SkeletonRows count={6} height={40} />;
  const found = trials.value;
  if (experiment.value.experiment === null || found.length < 2) {
    return (
      <Empty actions={<Link href={searchAddress(id, found)}>The search</Link>}>
        {missingWords(rows, found)}Mark two to six cells in the leaderboard with Space, then compare them with C.
      </Empty>
    );
  }
  return <Compare experiment={experiment.value.experiment} trials={found} missing={missingWords(rows, found)} />;
}

/** The search with these trials still marked. */
const searchAddress = (experiment: number, trials: readonly Trial[]): string =>
  trials.length === 0
    ? `/experiments/${experiment}`
    : `/experiments/${experiment}?compare=${trials.map(rowKeyOf).join(',')}`;

function missingWords(rows: readonly RowKey[], found: readonly Trial[]): string {
  const known = found.map(rowKeyOf);
  const missing = rows.filter((row) => !known.includes(row));
  if (missing.length === 0) return '';
  return `This search has no trial ${missing.map(rowName).join(', ')}. `;
}

interface CompareProps {
  readonly experiment: Experiment;
  /** At least two; the first is the reference. */
  readonly trials: readonly Trial[];
  readonly missing: string;
}

function Compare({ experiment, trials, missing }: CompareProps): ReactElement {
  const [, navigate] = useLocation();
  const [params, setParams] = useSearchParams();
  const isLow = useMedia('(max-height: 759px)');
  const chosen = SHOWN.find((one) => one === params.get('cells'));
  const shown = chosen ?? (isLow ? 'normal' : 'both');
  const show = (rows: readonly RowKey[]): void => {
    const address = compareAddress(experiment.id, rows);
    navigate(chosen === undefined ? address : `${address}&cells=${chosen}`, { replace: true });
  };
  const others = (row: RowKey) => trials.map(rowKeyOf).filter((other) => other !== row);
  const makeReference = (row: RowKey): void => show([row, ...others(row)]);
  const remove = (row: RowKey): void => show(others(row));
  useCompareCommands(experiment.id, trials, makeReference, remove);
  const reference = trials[0] as Trial;
  return (
    <div className={styles.screen} data-letter-keys="">
      <header className={styles.bar}>
        <h1>Compare {trials.length} cells</h1>
        <span className={styles.hint}>{missing}Marked is what differs from the reference.</span>
        <Segments
          label="Which cells"
          options={SHOWN_OPTIONS}
          chosen={[shown]}
          onChoose={(next) =>
            setParams(
              (now) => {
                const changed = new URLSearchParams(now);
                changed.set('cells', next);
                return changed;
              },
              { replace: true },
            )
          }
        />
        <Link className={styles.back} href={searchAddress(experiment.id, trials)}>
          Back to the search
        </Link>
      </header>
      <div className={styles.cells}>
        {trials.map((trial, index) => (
          <ComparedCell
            key={rowKeyOf(trial)}
            experiment={experiment}
            trial={trial}
            reference={reference}
            kinds={shown === 'both' ? KINDS : [shown]}
            series={index + 1}
            onReference={() => makeReference(rowKeyOf(trial))}
            onRemove={() => remove(rowKeyOf(trial))}
          />
        ))}
      </div>
      <div className={styles.lower}>
        <CompareTable trials={trials} />
        <div className={styles.curves}>
          <Guard>
            <CompareCurves experiment={experiment} trials={trials} />
          </Guard>
        </div>
      </div>
    </div>
  );
}

function useCompareCommands(
  experiment: number,
  trials: readonly Trial[],
  makeReference: (row: RowKey) => void,
  remove: (row: RowKey) => void,
): void {
  const [, navigate] = useLocation();
  const group = 'Compare';
  const rows = trials.map(rowKeyOf);
  useCommands([
    ...rows.slice(1).map((row) => ({
      id: `reference-${row}`,
      title: `Make trial ${rowName(row)} the reference`,
      group,
      run: () => makeReference(row),
    })),
    ...rows.map((row) => ({
      id: `uncompare-${row}`,
      title: `Take trial ${rowName(row)} out of the comparison`,
      group,
      run: () => remove(row),
    })),
    {
      id: 'leave-compare',
      title: 'Back to the search',
      group,
      key: 'Escape',
      run: () => navigate(searchAddress(experiment, trials)),
    },
  ]);
}
