import { describe } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** Where tests would have run that are left out, and why: `npm test` counts them by it, last of all. */
    leftOut?: string;
  }
}

/** As `describe`; with a reason its tests are left out, and told by it. */
export function describeUnless(reason: string | null, name: string, define: () => void): void {
  describe(name, reason === null ? {} : { skip: true, meta: { leftOut: reason } }, () => define());
}
