import type { ReactElement } from 'react';
import { ErrorPanel } from '../components/notices.tsx';
import type { Failure } from './chart-reading.ts';

/** What of a chart could not be read, each sentence once; trying again tries all of it. */
export function ChartFailures({ failures }: { failures: readonly Failure[] }): ReactElement {
  const sentences = [...new Set(failures.map(({ error }) => error.message))];
  return (
    <>
      {sentences.map((sentence) => (
        <ErrorPanel
          key={sentence}
          message={sentence}
          onRetry={() => {
            for (const { error, retry } of failures) if (error.message === sentence) retry();
          }}
        />
      ))}
    </>
  );
}
