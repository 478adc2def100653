import type { ReactElement } from 'react';
import { type Politeness, useAnnouncements } from '../../state/announcements.ts';

/** What screen readers are told: one polite region, one assertive. Nobody sees them. */
export function LiveRegions(): ReactElement {
  return (
    <>
      <Region politeness="polite" />
      <Region politeness="assertive" />
    </>
  );
}

function Region({ politeness }: { politeness: Politeness }): ReactElement {
  const announcements = useAnnouncements().filter((one) => one.politeness === politeness);
  return (
    <div className="visually-hidden" aria-live={politeness} data-live={politeness}>
      {announcements.map(({ id, text }) => (
        // An element of its own, so that the same words are said again.
        <p key={id}>{text}</p>
      ))}
    </div>
  );
}
