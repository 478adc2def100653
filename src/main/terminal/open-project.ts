import type { OpenProject, Terminal } from './terminal.ts';
export async function withProject(
  _t: Terminal,
  _o: { typed: string | undefined },
  _work: (project: OpenProject) => Promise<void>,
): Promise<void> {
  throw new Error('not yet');
}
