import type { WorkbenchClient } from '../../shared/rpc/client.ts';
import { trialKey, type WorkbenchState } from './workbench-state.ts';

/** A part of the state that is read once, kept fresh by events, and read again after a gap in them. */
export interface Resource {
  readonly key: string;
  /** Reads it, and says how the state changes with it. */
  read(client: WorkbenchClient): Promise<(state: WorkbenchState) => WorkbenchState>;
}

/** A leaderboard is read whole: sorting and filtering happen in the page. */
const WHOLE = 100_000;

export const EXPERIMENTS: Resource = {
  key: 'experiments',
  read: async (client) => {
    const list = await client.call('experiment.list', {});
    return (state) => ({ ...state, experiments: new Map(list.map((experiment) => [experiment.id, experiment])) });
  },
};

export function trialsOf(experiment: number): Resource {
  return {
    key: `trials ${experiment}`,
    read: async (client) => {
      const { trials } = await client.call('experiment.leaderboard', { experiment, offset: 0, limit: WHOLE });
      const byNumber = new Map(trials.map((trial) => [trial.trial, trial]));
      return (state) => ({ ...state, trials: new Map(state.trials).set(experiment, byNumber) });
    },
  };
}

export function epochsOf(experiment: number, trial: number): Resource {
  const key = trialKey(experiment, trial);
  return {
    key: `epochs ${key}`,
    read: async (client) => {
      const epochs = await client.call('trial.epochs', { experiment, trial });
      return (state) => ({ ...state, epochs: new Map(state.epochs).set(key, epochs) });
    },
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
