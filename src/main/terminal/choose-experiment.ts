import type { Experiment } from '../../shared/records/experiment.ts';
import type { WorkbenchClient } from '../../shared/rpc/client.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';

/** The experiment that was named, or the newest of the project. */
export async function chooseExperiment(
  client: WorkbenchClient,
  named: number | undefined,
  project: string,
): Promise<Experiment> {
  if (named !== undefined) return await client.call('experiment.get', { experiment: named });
  const newest = (await client.call('experiment.list', {})).toSorted((a, b) => b.id - a.id)[0];
  if (!newest) throw new WorkbenchError('not_found', `There is no search in ${project} yet; \`search\` starts one.`);
  return newest;
}
