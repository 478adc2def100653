import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Handlers, WorkbenchEvent } from '../../shared/contract.ts';
import { WorkbenchClient } from '../../shared/rpc/client.ts';
import { connectInProcess } from '../../shared/rpc/connection.ts';
import { type ServerOptions, serveConnection } from '../../shared/rpc/server.ts';
import { ArtifactFiles } from '../artifacts/artifact-files.ts';
import { ProjectArtifacts } from '../artifacts/project-artifacts.ts';
import { type Clock, SYSTEM_CLOCK } from '../clock.ts';
import { CalibrationCache } from '../estimate/calibration-cache.ts';
import { Estimates } from '../estimate/estimates.ts';
import { fileLog, type Log, type Tell } from '../log.ts';
import { CheckpointFiles } from '../runs/checkpoint-files.ts';
import { RunKeeper } from '../runs/run-keeper.ts';
import type { RunQueue } from '../runs/run-queue.ts';
import type { RunTools } from '../runs/run-tools.ts';
import type { SearchTools } from '../search/search-context.ts';
import { createStrategy } from '../search/strategies/create-strategy.ts';
import { askNvidia } from '../setup/gpu.ts';
import { openStore, type Store } from '../store/store.ts';
import { backUpAndTell } from './back-up-and-tell.ts';
import { DatasetFetches } from './dataset-fetches.ts';
import { freeBytesOf, refuseFullDisk } from './disk-space.ts';
import { EventFeed } from './event-feed.ts';
import { aggregateHandlers } from './handlers/aggregates.ts';
import { controllerHandlers } from './handlers/controller.ts';
import { experimentHandlers } from './handlers/experiment.ts';
import { leaderboardHandlers } from './handlers/leaderboard.ts';
import { logHandlers } from './handlers/log.ts';
import { systemHandlers } from './handlers/system.ts';
import { trashHandlers } from './handlers/trash.ts';
import { trialHandlers } from './handlers/trial.ts';
import { viewHandlers } from './handlers/view.ts';
import { homeHandlers } from './home-handlers.ts';
import { Searches } from './searches.ts';
import type { WorkbenchParts } from './workbench-parts.ts';

const BACKUP_EVERY_MS = 10 * 60_000;
/** CIFAR-10 is 184 MB; ImageNet at 64 pixels does not fit and is streamed. */
const RESIDENT_BYTES = 2 ** 30;

export interface WorkbenchOptions {
  /** Made when it is not there. */
  readonly projectFolder: string;
  /** Where data sets are kept. */
  readonly home: string;
  /** Makes what carries the runs out. Called once; trainers may start with the first run. */
  readonly openQueue: () => RunQueue;
  readonly clock?: Clock;
  /** By default `log/cellwright.log` in the project. */
  readonly log?: Log;
  readonly residentBytes?: number;
  /** Free space of the disk that a folder is on. */
  readonly freeBytes?: (folder: string) => number;
}

/** The application without a window. */
export interface Workbench extends ServerOptions {
  readonly handlers: Handlers;
  readonly events: EventFeed;
  /** The files that the project keeps by their contents. */
  readonly artifacts: ProjectArtifacts;
  /** Experiments that were running when their process ended; `experiment.resume` goes on with them. */
  readonly interrupted: readonly number[];
  /** Tells the person something, and keeps it. */
  readonly tell: Tell;
  /** A client inside this process, over the same contract as every other one. */
  connect(): { readonly client: WorkbenchClient; close(): void };
  /** Saves what runs, backs the database up and frees the project. */
  close(): Promise<void>;
}

/**
 * Opens a project and everything that works on it. Throws what `openStore` throws: `conflict`, `read_only`,
 * `newer_version`, `corrupt`.
 */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const { clock = SYSTEM_CLOCK } = options;
  const projectFolder = resolve(options.projectFolder);
  const log = options.log ?? fileLog(join(projectFolder, 'log', 'cellwright.log'), () => clock.now());
  const events = new EventFeed(randomUUID(), undefined, (error) =>
    log.write('error', 'A listener of the events failed', error),
  );
  const publish = (event: WorkbenchEvent): void => events.publish(event);
  const startedAt = clock.now().toISOString();
  const tell: Tell = (level, message, about) => {
    const { experiment = null, trial = null } = about ?? {};
    log.write(level, message, about && { experiment, trial });
    const entry = { at: clock.now().toISOString(), level, experiment, trial, message };
    try {
      store.log.add(entry);
    } catch (error) {
      // A full disk must not stop what the entry is about.
      log.write('error', 'An entry of the log could not be stored', error);
      publish({ name: 'log.added', payload: entry });
    }
  };
  const store = openStore(
    projectFolder,
    publish,
    () => clock.now(),
    (error) => log.write('error', 'A change is stored and could not be told', error),
  );
  const checkpoints = new CheckpointFiles(projectFolder);
  const artifacts = new ArtifactFiles(projectFolder);
  try {
    store.attempts.endLeftOpen();
    store.checkpoints.removeOfFinished();
    await checkpoints.sweep(store.checkpoints.files(), store.runs.allUnfinished());
    await artifacts.sweep(store.artifacts.hashes());
    endCalibrations(store, clock);
  } catch (error) {
    await store.close();
    throw error;
  }
  tellRestored(store, tell);
  const queue = options.openQueue();
  const runTools: RunTools = {
    store,
    queue,
    checkpoints,
    artifacts,
    clock,
    log,
    tell,
    residentBytes: options.residentBytes ?? RESIDENT_BYTES,
    refuseFullDisk: () => refuseFullDisk(projectFolder, (options.freeBytes ?? freeBytesOf)(projectFolder)),
  };
  const keeper = new RunKeeper(runTools);
  await keeper.attach();
  const tools: SearchTools = { ...runTools, keeper, createStrategy, publish };
  const searches = new Searches(tools, options.home);
  const estimates = new Estimates({
    tools: runTools,
    keeper,
    cache: new CalibrationCache(options.home, () => clock.now()),
    gpus: once(namesOfGpus),
    running: () => searches.running(),
  });
  const fetches = new DatasetFetches({ home: options.home, tell, publish, monotonicMs: () => clock.monotonicMs() });
  const backUp = backUpAndTell(store, log, tell);
  const backups = setInterval(() => void backUp(), BACKUP_EVERY_MS).unref();
  const server: ServerOptions = {
    handlers: composeHandlers({
      store,
      queue,
      searches,
      estimates,
      fetches,
      home: options.home,
      project: () => ({ folder: projectFolder, keptBytes: store.artifacts.totalBytes() }),
      clock,
      startedAt,
      tell,
    }),
    events,
    onUnexpected: (procedure, error) => log.write('error', `${procedure} failed`, error),
  };
  return {
    ...server,
    events,
    artifacts: new ProjectArtifacts(store.artifacts, artifacts, () => clock.now()),
    interrupted: searches.interrupted(),
    tell,
    connect: () => connectTo(server),
    close: once(async () => {
      clearInterval(backups);
      try {
        await Promise.all([searches.close(), fetches.close()]);
        await queue.close();
        keeper.close();
        await backUp();
      } finally {
        await store.close();
      }
    }),
  };
}

function composeHandlers(parts: WorkbenchParts): Handlers {
  return {
    ...homeHandlers(parts),
    ...systemHandlers(parts),
    ...experimentHandlers(parts),
    ...aggregateHandlers(parts),
    ...leaderboardHandlers(parts),
    ...viewHandlers(parts),
    ...controllerHandlers(parts),
    ...trialHandlers(parts),
    ...trashHandlers(parts),
    ...logHandlers(parts),
  };
}

function connectTo(server: ServerOptions): { client: WorkbenchClient; close: () => void } {
  const connection = connectInProcess();
  serveConnection(connection.server, server);
  return { client: new WorkbenchClient(connection.client, { by: 'program' }), close: connection.close };
}

function tellRestored({ restored }: Store, tell: Tell): void {
  if (!restored) return;
  const { was, backupAt, damaged } = restored;
  tell(
    'warn',
    `The project's database was ${was}. The backup of ${backupAt} took its place, so trials that ended later are ` +
      `trained again${damaged === null ? '' : `; the damaged file is kept as ${damaged}`}.`,
  );
}

/** Nobody waits for them any more. */
function endCalibrations({ runs }: Store, clock: Clock): void {
  const at = clock.now().toISOString();
  for (const run of runs.unfinishedFor('calibration'))
    runs.cancel(run, 'Cellwright itself ended in the middle of it.', at);
}

async function namesOfGpus(): Promise<string[]> {
  const nvidia = await askNvidia(process.env);
  return nvidia?.gpus.map(({ name }) => name) ?? [];
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}
