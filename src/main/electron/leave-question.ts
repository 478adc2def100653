import type { SearchInMotion } from './search-watch.ts';

/** Trials that are named; more are counted. */
const NAMED = 8;

/** What is asked before what trains is left; null where nothing does. */
export function leaveQuestion(
  searches: readonly SearchInMotion[],
  leave: 'quit' | 'open-project',
): { message: string; detail: string; buttons: [string, string] } | null {
  if (searches.length === 0) return null;
  const trials = searches.reduce((sum, search) => sum + search.trials.length, 0);
  const going = leave === 'quit' ? 'the next start' : 'the next time this project is opened';
  const follows =
    trials === 0
      ? `${searches.length === 1 ? 'It goes' : 'They go'} on at ${going}.`
      : `Running trials are saved and go on at ${going}.`;
  return {
    message: searches.length === 1 ? 'A search is running.' : `${searches.length} searches are running.`,
    detail: [...searches.map(describe), follows].join('\n'),
    buttons: [leave === 'quit' ? 'Save and quit' : 'Save and open', 'Keep running'],
  };
}

function describe({ experiment, trials }: SearchInMotion): string {
  const { name } = experiment.config;
  if (trials.length === 0) return `${name}: between two trials.`;
  const named =
    trials.length > NAMED ? `${trials.length} trials` : `${trials.length === 1 ? 'trial' : 'trials'} ${list(trials)}`;
  return `${name}: ${named} in training.`;
}

function list(names: readonly string[]): string {
  const last = names.at(-1);
  return names.length < 2 ? `${last}` : `${names.slice(0, -1).join(', ')} and ${last}`;
}
