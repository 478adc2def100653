import type { ReactElement } from 'react';
import { useTimeZone } from '../state/use-workbench.ts';
import { moment, momentWords } from './words.ts';

/**
 * A stored time by the clock of the workbench's machine, as filters mean it. Its tooltip says so where the clock of the
 * person is another one.
 */
export function Moment({ at, isExact = false }: { at: string; isExact?: boolean }): ReactElement {
  const zone = useTimeZone();
  return (
    <time dateTime={at} title={zoneSentence(at, zone)}>
      {isExact ? momentWords(at, zone) : moment(at, zone)}
    </time>
  );
}

function zoneSentence(at: string, zone: string | undefined): string | undefined {
  const [there, here] = [momentWords(at, zone), momentWords(at)];
  return there === here ? undefined : `${there} where the workbench runs (${zone}), ${here} here`;
}
