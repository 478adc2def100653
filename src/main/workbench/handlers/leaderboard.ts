import type { Handlers, ProcedureInput, ProcedureName } from '../../../shared/contract.ts';
import { trialName } from '../../../shared/trial-name.ts';
import { WorkbenchError } from '../../../shared/workbench-error.ts';
import type { Store } from '../../store/store.ts';
import type { WorkbenchParts } from '../workbench-parts.ts';

type LeaderboardProcedure = Extract<ProcedureName, `leaderboard.${string}`>;

export function leaderboardHandlers({ store, searches }: WorkbenchParts): Pick<Handlers, LeaderboardProcedure> {
  return {
    'leaderboard.read': ({ experiment, offset, limit, ...query }) => {
      searches.get(experiment);
      return store.leaderboard.read(experiment, query, offset, limit);
    },
    'leaderboard.find': ({ experiment, trial, run, ...query }) => {
      const { index, row } = store.leaderboard.find(experiment, query, { trial, run });
      if (row) return { index, row };
      const place = query.isTrash ? 'is not in the trash' : 'is in the trash';
      throw new WorkbenchError('not_found', `Trial ${trialName({ trial, run })} of experiment ${experiment} ${place}.`);
    },
    'leaderboard.label': (input) => {
      store.transaction(() => label(store, input));
      return {};
    },
    'leaderboard.tags': ({ experiment }) => {
      searches.get(experiment);
      return store.labels.tags(experiment);
    },
  };
}

const MOST_TAGS = 20;

function label(store: Store, input: ProcedureInput<'leaderboard.label'>): void {
  const { experiment, trials, isStarred, note, addTags = [], removeTags = [] } = input;
  const cells = new Map(trials.map((trial) => [store.trials.get(experiment, trial).hash, trial]));
  for (const [hash, trial] of cells) {
    const before = store.labels.get(experiment, hash);
    const tags = [...new Set([...before.tags, ...addTags])].filter((tag) => !removeTags.includes(tag)).sort();
    if (tags.length > MOST_TAGS) {
      throw new WorkbenchError(
        'invalid_input',
        `The cell of trial ${trial} would have ${tags.length} tags, and ${MOST_TAGS} is the most: take some off first.`,
      );
    }
    store.labels.set(experiment, hash, { isStarred: isStarred ?? before.isStarred, note: note ?? before.note, tags });
  }
}
