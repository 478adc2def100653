import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openDatabase } from '../../../src/main/store/database.ts';
import { openWorkbench, type Workbench, type WorkbenchOptions } from '../../../src/main/workbench/workbench.ts';
import { EVENTS, PROCEDURES, type WorkbenchEvent } from '../../../src/shared/contract.ts';
import type { Experiment, ExperimentConfig, Trial } from '../../../src/shared/records/experiment.ts';
import type { WorkbenchClient } from '../../../src/shared/rpc/client.ts';
import { scratchFolder, writeSmallDataset } from '../workbench/small-project.ts';
import type { ScriptedQueue } from './scripted-queue.ts';

export interface Setting {
  readonly projectFolder: string;
  readonly home: string;
}

/** A project folder and a home with the small data set, both gone when the test is. */
export function newSetting(): Setting {
  const { folder, remove } = scratchFolder();
  onTestFinished(remove);
  writeSmallDataset(join(folder, 'home'));
  return { projectFolder: join(folder, 'project'), home: join(folder, 'home') };
}

export interface OpenSetting {
  readonly workbench: Workbench;
  readonly client: WorkbenchClient;
  /** Every event, in its order, each checked against the contract. */
  readonly events: WorkbenchEvent[];
  /** Resolves with the experiment once it rests. */
  rest(experiment: number): Promise<Experiment>;
  /** Resolves once an event fits. */
  heard(fits: (event: WorkbenchEvent) => boolean): Promise<void>;
  close(): Promise<void>;
}

export async function openSetting(
  setting: Setting,
  queue: ScriptedQueue | WorkbenchOptions['openQueue'],
  options: Partial<WorkbenchOptions> = {},
): Promise<OpenSetting> {
  const workbench = await openWorkbench({
    ...setting,
    openQueue: typeof queue === 'function' ? queue : () => queue,
    freeBytes: () => Number.MAX_SAFE_INTEGER,
    ...options,
  });
  const { client } = workbench.connect();
  const events: WorkbenchEvent[] = [];
  const waiting = new Set<() => void>();
  await client.subscribe((event) => {
    EVENTS[event.name].parse(event.payload);
    events.push(event);
    for (const look of waiting) look();
  });
  const heard = (fits: (event: WorkbenchEvent) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!events.some(fits)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  const rest = async (id: number): Promise<Experiment> => {
    const from = events.length;
    const current = await client.call('experiment.get', { experiment: id });
    if (current.state !== 'running') return current;
    await heard(() => {
      const last = events
        .slice(from)
        .findLast(({ name, payload }) => name === 'experiment.changed' && isOf(payload, id));
      return last?.name === 'experiment.changed' && last.payload.state !== 'running';
    });
    return await client.call('experiment.get', { experiment: id });
  };
  const close = async (): Promise<void> => await workbench.close();
  onTestFinished(close);
  return { workbench, client, events, rest, heard, close };
}

function isOf(payload: WorkbenchEvent['payload'], experiment: number): boolean {
  return 'id' in payload && payload.id === experiment;
}

/** Runs a whole search and returns what it left. */
export async function runSearch(config: ExperimentConfig, queue: ScriptedQueue, setting = newSetting()) {
  const open = await openSetting(setting, queue);
  const { id } = await open.client.call('experiment.create', { config });
  const experiment = await open.rest(id);
  const trials = await trialsOf(open.client, id);
  await open.close();
  return { ...open, experiment, trials, setting, strategy: strategyDigest(setting, id) };
}

/** By number. */
export async function trialsOf(client: WorkbenchClient, experiment: number): Promise<Trial[]> {
  const sort = { column: 'trial', isAscending: true } as const;
  const query = { experiment, mode: 'trials', filter: '', sort, isTrash: false } as const;
  const page = await client.call('leaderboard.read', { ...query, offset: 0, limit: 1_000 });
  const { rows, total } = PROCEDURES['leaderboard.read'].output.parse(page);
  if (rows.length < total) throw new Error(`${total} trials are more than a page`);
  return rows.map(({ trial }) => trial);
}

/** What must be equal, bit for bit, whenever and however often a search was interrupted. */
export function resultsOf(trials: readonly Trial[]) {
  return trials.map(({ trial, batch, state, hash, origin, logProbability, seed, reusedFrom, reward, weightsHash }) => ({
    trial,
    batch,
    state,
    hash,
    origin,
    logProbability,
    seed,
    reusedFrom,
    reward,
    weightsHash,
  }));
}

/** SHA-256 over every stored update of an experiment: its report and the strategy's whole state after it. */
export function strategyDigest({ projectFolder }: Setting, experiment: number): string {
  const database = openDatabase(join(projectFolder, 'cellwright.db'));
  try {
    const rows = database
      .prepare<[number], { update_number: number; report: string | null; snapshot: Buffer }>(
        'SELECT update_number, report, snapshot FROM controller_updates WHERE experiment = ? ORDER BY update_number',
      )
      .all(experiment);
    const digest = createHash('sha256');
    for (const { update_number, report, snapshot } of rows)
      digest.update(`${update_number} ${report} `).update(snapshot);
    return `${rows.length} ${digest.digest('hex')}`;
  } finally {
    database.close();
  }
}
