import type { ReactElement } from 'react';
import type { Cell } from '../../shared/records/architecture.ts';
import type { NetworkPlan } from '../../shared/search-space/plan.ts';
import table from '../components/table.module.css';
import { roundedCount } from '../components/words.ts';
import { cellFacts, firstCell } from './cell-facts.ts';
import styles from './operation-list.module.css';
import { type ListedOperation, listOperations } from './operation-rows.ts';
import { cellTitle, countWords, shapeWords, shareWords } from './part-words.ts';
import type { CellKind } from './thumbnail-summary.ts';

interface OperationListProps {
  readonly cell: Cell;
  readonly kind: CellKind;
  /** Undefined while the data set's size is not known: then without shapes and costs. */
  readonly plan: NetworkPlan | undefined;
}

/** Every operation of a cell with its shapes and what it costs, in order of the blocks. */
export function OperationList({ cell, kind, plan }: OperationListProps): ReactElement {
  const index = plan === undefined ? undefined : firstCell(plan, kind);
  const facts = plan === undefined || index === undefined ? null : cellFacts(plan, index);
  const title = cellTitle(cell, kind);
  return (
    <table className={`${table.table} ${styles.list}`} aria-label={`Operations of the ${title}`}>
      <thead>
        <tr>
          <th scope="col">{title}</th>
          <th scope="col" className={table.number}>
            Parameters
          </th>
          <th scope="col" className={table.number}>
            Multiply-adds
          </th>
        </tr>
      </thead>
      <tbody>
        {listOperations(cell, facts).map((row) => (
          <OperationRow key={`${row.block} ${row.side}`} row={row} />
        ))}
      </tbody>
      {facts === null ? null : (
        <tfoot>
          <tr>
            <th scope="row">Whole cell, with what fits its inputs and output</th>
            <td className={table.number}>{countWords(facts.parameters)}</td>
            <td className={table.number}>{roundedCount(facts.multiplyAdds)}</td>
          </tr>
        </tfoot>
      )}
    </table>
  );
}

function OperationRow({ row: { block, side, words, facts, isBuilt } }: { row: ListedOperation }): ReactElement {
  return (
    <tr>
      <th scope="row">
        <span className={styles.place}>
          Block {block + 1}, {side}
        </span>
        <span className={styles.words}>{words}</span>
        {isBuilt ? null : <span className={styles.detail}>not built: the output does not depend on it</span>}
        {facts === null ? null : (
          <span className={styles.detail}>
            {shapeWords(facts.inputShape)} → {shapeWords(facts.outputShape)}
            {facts.stride === 2 ? ', stride 2' : ''}
          </span>
        )}
      </th>
      <Cost count={facts?.parameters} words={countWords} share={facts?.parameterShare} />
      <Cost count={facts?.multiplyAdds} words={roundedCount} share={facts?.multiplyAddShare} />
    </tr>
  );
}

function Cost(props: {
  count: number | undefined;
  words: (count: number) => string;
  share: number | undefined;
}): ReactElement {
  const { count, words, share } = props;
  return (
    <td className={table.number}>
      {count === undefined ? '–' : words(count)}
      {share === undefined ? null : <span className={styles.detail}>{shareWords(share)}</span>}
    </td>
  );
}
