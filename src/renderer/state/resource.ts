import type { WorkbenchClient } from '../../shared/rpc/client.ts';
import { parseRowKey, type RowKey, rowKeyOf } from './row-key.ts';
import { RECENT_TRIALS, trialKey, type WorkbenchState } from './workbench-state.ts';

/** A part of the state that is read once, kept fresh by events, and read again after a gap in them. */
export interface Resource {
  readonly key: string;
  /** Reads it, and says how the state changes with it. */
  read(client: WorkbenchClient): Promise<(state: WorkbenchState) => WorkbenchState>;
  /** Takes it out of the state once nothing shows it any more; without this it is kept for good. */
  readonly forget?: (state: WorkbenchState) => WorkbenchState;
}

/** Far more than can be queued or running at once (ours). */
const MOST_ACTIVE = 1_000;

export const EXPERIMENTS: Resource = {
  key: 'experiments',
  read: async (client) => {
    const list = await client.call('experiment.list', {});
    return (state) => ({ ...state, experiments: new Map(list.map((experiment) => [experiment.id, experiment])) });
  },
};

export const VIEWS: Resource = {
  key: 'views',
  read: async (client) => {
    const views = await client.call('view.list', {});
    return (state) => ({ ...state, views });
  },
};

export const TIME_ZONE: Resource = {
  key: 'time zone',
  read: async (client) => {
    const { timeZone } = await client.call('system.status', {});
    return (state) => ({ ...state, timeZone });
  },
};

/** What is under way in a search, and the last trials that finished. */
export function liveTrialsOf(experiment: number): Resource {
  const some = { experiment, mode: 'trials', isTrash: false, offset: 0 } as const;
  return {
    key: `live ${experiment}`,
    read: async (client) => {
      // One after the other, the running ones last: a trial that ends between two answers has told so already, and an
      // older answer would bring it back.
      const recent = await client.call('leaderboard.read', {
        ...some,
        filter: 'state:completed,failed,pruned',
        // By number, as a reused trial never started.
        sort: { column: 'trial', isAscending: false },
        limit: RECENT_TRIALS,
      });
      const active = await client.call('leaderboard.read', {
        ...some,
        filter: 'state:running,queued',
        sort: { column: 'trial', isAscending: true },
        limit: MOST_ACTIVE,
      });
      const live = {
        active: new Map(active.rows.map(({ trial }) => [rowKeyOf(trial), trial])),
        recent: recent.rows.map(({ trial }) => trial).reverse(),
      };
      return (state) => ({ ...state, live: new Map(state.live).set(experiment, live) });
    },
  };
}

export function trialOf(experiment: number, row: RowKey): Resource {
  const key = trialKey(experiment, row);
  return {
    key: `trial ${key}`,
    read: async (client) => {
      const read = await client.call('trial.get', { experiment, ...parseRowKey(row) });
      return (state) => ({ ...state, trials: new Map(state.trials).set(key, read) });
    },
    forget: (state) => ({ ...state, trials: without(state.trials, key) }),
  };
}

export function epochsOf(experiment: number, row: RowKey): Resource {
  const key = trialKey(experiment, row);
  return {
    key: `epochs ${key}`,
    read: async (client) => {
      const epochs = await client.call('trial.epochs', { experiment, ...parseRowKey(row) });
      return (state) => ({ ...state, epochs: new Map(state.epochs).set(key, epochs) });
    },
    forget: (state) => ({ ...state, epochs: without(state.epochs, key) }),
  };
}

export function updatesOf(experiment: number): Resource {
  return {
    key: `updates ${experiment}`,
    read: async (client) => {
      const updates = await client.call('controller.updates', { experiment });
      return (state) => ({ ...state, updates: new Map(state.updates).set(experiment, updates) });
    },
  };
}

function without<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
