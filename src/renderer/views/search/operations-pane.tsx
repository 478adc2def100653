import { type ReactElement, useMemo } from 'react';
import type { Trial } from '../../../shared/records/experiment.ts';
import { OPERATION_FACTS } from '../../../shared/search-space/operation-facts.ts';
import { Empty } from '../../components/notices.tsx';
import table from '../../components/table.module.css';
import { percentDigits } from '../../components/words.ts';
import { operationShares, TOP } from '../../state/operation-shares.ts';

/** Which operations the best cells are made of. */
export function OperationsPane({ trials }: { trials: ReadonlyMap<number, Trial> }): ReactElement {
  const shares = useMemo(() => operationShares(trials.values()), [trials]);
  if (shares.length === 0)
    return <Empty>No reward yet. Shares of operations come with the first finished trial.</Empty>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys too
    <section className={table.scroll} aria-label="Operations" tabIndex={0}>
      <table className={table.table}>
        <caption className={table.caption}>
          Share of each operation in the best {TOP} trials and in all, and mean reward of trials with and without it
        </caption>
        <thead>
          <tr>
            <th scope="col">Operation</th>
            <th scope="col" className={table.number}>
              Top {TOP} %
            </th>
            <th scope="col" className={table.number}>
              All %
            </th>
            <th scope="col" className={table.number}>
              With %
            </th>
            <th scope="col" className={table.number}>
              Trials
            </th>
            <th scope="col" className={table.number}>
              Without %
            </th>
            <th scope="col" className={table.number}>
              Trials
            </th>
          </tr>
        </thead>
        <tbody>
          {shares.map(({ operation, topShare, share, having, lacking }) => (
            <tr key={operation}>
              <td className={table.whole}>{OPERATION_FACTS[operation].label}</td>
              <td className={table.number}>{percentDigits(topShare)}</td>
              <td className={table.number}>{percentDigits(share)}</td>
              <td className={table.number}>{having.reward === null ? '–' : percentDigits(having.reward)}</td>
              <td className={table.number}>{having.count}</td>
              <td className={table.number}>{lacking.reward === null ? '–' : percentDigits(lacking.reward)}</td>
              <td className={table.number}>{lacking.count}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
