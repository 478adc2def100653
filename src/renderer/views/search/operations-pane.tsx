import { ArrowDown, ArrowUp, Download } from 'lucide-react';
import { memo, type ReactElement, useMemo } from 'react';
import type { OperationShare } from '../../../shared/records/leaderboard.ts';
import { OPERATION_FACTS } from '../../../shared/search-space/operation-facts.ts';
import {
  OPERATION_COLUMNS,
  type OperationColumn,
  operationsToCsv,
  readOperationSort,
  sortOperations,
  writeOperationSort,
} from '../../charts/operation-table.ts';
import styles from '../../charts/operations.module.css';
import { useChartParameter } from '../../charts/use-chart-options.ts';
import { Button } from '../../components/button.tsx';
import { saveFile } from '../../components/clipboard.ts';
import { Empty, ErrorPanel } from '../../components/notices.tsx';
import { SkeletonRows } from '../../components/skeletons.tsx';
import table from '../../components/table.module.css';
import { percentDigits } from '../../components/words.ts';
import { useResultsRevision } from '../../state/leaderboard-revision.ts';
import { useFreshAnswer } from '../../state/use-fresh-answer.ts';
import type { SearchPaneProps } from './search-pane.ts';

/** Which operations the best cells are made of. */
export const OperationsPane = memo(function OperationsPane({ experiment }: SearchPaneProps): ReactElement {
  const { id } = experiment;
  const answer = useFreshAnswer('experiment.operations', { experiment: id }, useResultsRevision(id), id);
  if (answer.kind === 'failed') return <ErrorPanel message={answer.error.message} onRetry={answer.retry} />;
  if (answer.kind === 'loading') return <SkeletonRows count={8} height={28} />;
  const shares = answer.value.filter(({ having }) => having.count > 0);
  if (shares.length === 0) {
    return <Empty>No reward yet. Shares of operations come with the first finished trial.</Empty>;
  }
  return <OperationsTable shares={shares} />;
});

function OperationsTable({ shares }: { shares: readonly OperationShare[] }): ReactElement {
  const [text, write] = useChartParameter('operations');
  const sort = useMemo(() => readOperationSort(text), [text]);
  const rows = useMemo(() => sortOperations(shares, sort), [shares, sort]);
  const largest = Math.max(...shares.map(({ topShare, share }) => Math.max(topShare, share)));
  const press = (column: OperationColumn): void => {
    const isAscending = sort.column === column ? !sort.isAscending : column === 'operation';
    write(writeOperationSort({ column, isAscending }));
  };
  return (
    <section className={styles.pane} aria-label="Operations">
      <header className={styles.head}>
        <p>Share of each operation in the best 25 trials and in all, and mean reward of trials with and without it</p>
        <Button
          kind="quiet"
          icon={<Download size={12} aria-hidden="true" />}
          onClick={() => saveFile('operations.csv', 'text/csv', operationsToCsv(rows))}
          aria-label="Save operations as CSV"
        >
          CSV
        </Button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys too */}
      <div className={styles.scroll} tabIndex={0}>
        <table className={`${table.table} ${styles.table}`}>
          <thead>
            <tr>
              {OPERATION_COLUMNS.map(({ id, title, meaning }) => (
                <SortHead
                  key={id}
                  title={title}
                  meaning={meaning}
                  direction={sort.column !== id ? null : sort.isAscending ? 'ascending' : 'descending'}
                  onPress={() => press(id)}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <OperationRow key={row.operation} row={row} largest={largest} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function SortHead(props: {
  title: string;
  meaning: string;
  direction: 'ascending' | 'descending' | null;
  onPress: () => void;
}): ReactElement {
  const { title, meaning, direction, onPress } = props;
  const Arrow = direction === 'ascending' ? ArrowUp : ArrowDown;
  return (
    <th scope="col" aria-sort={direction ?? 'none'}>
      <button type="button" className={styles.sort} title={meaning} onClick={onPress}>
        {title}
        {direction === null ? null : <Arrow size={12} aria-hidden="true" />}
      </button>
    </th>
  );
}

function OperationRow({ row, largest }: { row: OperationShare; largest: number }): ReactElement {
  const { operation, topShare, share, having, lacking } = row;
  const reward = (value: number | null): string => (value === null ? '–' : percentDigits(value));
  return (
    <tr>
      <th scope="row" className={table.whole}>
        {OPERATION_FACTS[operation].label}
      </th>
      <td className={styles.share}>
        <Bar part={topShare / largest} />
        {percentDigits(topShare)}
      </td>
      <td className={styles.share}>
        <Bar part={share / largest} />
        {percentDigits(share)}
      </td>
      <td className={table.number}>{reward(having.reward)}</td>
      <td className={table.number}>{having.count.toLocaleString('en')}</td>
      <td className={table.number}>{reward(lacking.reward)}</td>
      <td className={table.number}>{lacking.count.toLocaleString('en')}</td>
    </tr>
  );
}

function Bar({ part }: { part: number }): ReactElement {
  return <i className={styles.bar} style={{ width: `${Math.round(part * 56)}px` }} aria-hidden="true" />;
}
