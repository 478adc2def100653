import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { seedProject } from '../../src/main/bench/seeded-project.ts';
import { type Headless, startHeadless } from '../../src/main/headless.ts';
import type { ProcedureName, ProcedureRequest } from '../../src/shared/contract.ts';
import { OPERATIONS } from '../../src/shared/records/architecture.ts';
import type { Outcome } from '../../src/shared/records/run.ts';
import { STRATEGY_DEFAULTS } from '../../src/shared/records/strategy.ts';
import { ScriptedQueue } from '../main/search/scripted-queue.ts';
import { smallConfig } from '../main/workbench/small-project.ts';
import { servedProject } from './served-workbench.ts';

/** Searches of the project. */
export const SEEDED = 1;
export const LIVE = 2;
export const TWIN = 3;
/** A trial of the twin that has three further runs. */
export const REPEATED = 2;

/** Enough slow ones, a minute each and four at once, for the live search to outlast what looks at it on a slow machine. */
const TRIALS = 120;
/** From here on a trial of the live search takes its time. */
const FIRST_SLOW = 43;
const STEPS = 24;
const MEMORY_MESSAGE =
  'The training needed 11.9 GB at batch 128 and 8.0 GB were there. It was tried again with 64 and with 32, which took more than what was left, too.';
const LONG_NAME =
  'CIFAR-10 at 8 filters, auxiliary head, cosine of 20 epochs, after the meeting of Thursday (second try)';

export interface RealisticProject {
  readonly headless: Headless;
  /** Answers with what is served already. */
  start(): Promise<Headless>;
  remove(): void;
  ask<P extends ProcedureName>(procedure: P, input: ProcedureRequest<P>): Promise<unknown>;
  /** Another project without a search and without a data set, served beside it. */
  startEmpty(port: number): Promise<Headless>;
}

/**
 * What a person's project looks like after some days: a finished search with curves, reused rewards, failures, labels
 * and trash; one by PPO that runs, with four updates; its random twin, with a trial that was repeated; names, notes and
 * tags as long as people write.
 */
export async function realisticProject(port: number): Promise<RealisticProject> {
  const project = await servedProject(
    {
      steps: STEPS,
      stepMs: ({ experiment, trial }) => (experiment === LIVE && trial >= FIRST_SLOW ? 2_500 : 0),
      outcome: ({ trial }) => outcomeOf(trial),
    },
    port,
  );
  await seedProject(join(project.folder, 'project'), { trials: 160, epochs: 20, seed: 3 });
  const headless = await project.start();
  const ask: RealisticProject['ask'] = async (procedure, input) => {
    const { client, close } = headless.workbench.connect();
    return await client.call(procedure, input).finally(close);
  };
  await ask('experiment.create', { config: liveConfig() });
  await until(
    () => headless,
    LIVE,
    ({ counts }) => counts.completed + counts.failed + counts.pruned >= FIRST_SLOW - 1,
  );
  await ask('experiment.twin', { experiment: LIVE });
  await until(
    () => headless,
    TWIN,
    ({ state }) => state === 'completed',
  );
  await ask('trial.repeat', { experiment: TWIN, trial: REPEATED, times: 3 });
  await until(
    () => headless,
    TWIN,
    ({ state }) => state === 'completed',
  );
  for (const experiment of [SEEDED, LIVE]) await label(ask, experiment);
  await ask('trial.trash', { experiment: SEEDED, rows: [{ trial: 11 }, { trial: 12 }, { trial: 13 }] });
  const startEmpty = async (emptyPort: number): Promise<Headless> => {
    const home = join(project.folder, 'empty');
    mkdirSync(home);
    const serving = { host: '127.0.0.1', port: emptyPort, tls: null, allowedHosts: [] } as const;
    const pageFolder = join(project.folder, 'page');
    const projectFolder = join(home, 'project');
    return await startHeadless({ ...serving, projectFolder, home, pageFolder, openQueue: () => new ScriptedQueue() });
  };
  return { headless, start: async () => headless, remove: project.remove, ask, startEmpty };
}

function liveConfig() {
  const small = smallConfig();
  return smallConfig({
    name: LONG_NAME,
    space: { blocks: 5, operations: [...OPERATIONS], combinations: ['add', 'concat'] },
    strategy: { ...STRATEGY_DEFAULTS.ppo, batchSize: 10, learningRate: 0.01 },
    recipe: { ...small.recipe, epochs: STEPS / 4 },
    budget: { trials: TRIALS, timeLimitMs: 0 },
    trialsAtOnce: 4,
  });
}

function outcomeOf(trial: number): Outcome | undefined {
  if (trial % 14 === 3) return { kind: 'failed', reason: 'out_of_memory', message: MEMORY_MESSAGE };
  if (trial % 17 === 5)
    return { kind: 'pruned', message: 'It was below the median of epoch 3 of the trials before it.' };
  return undefined;
}

type Ask = RealisticProject['ask'];

async function label(ask: Ask, experiment: number): Promise<void> {
  const note = 'Odd start: no progress for two epochs, then better than all others. Look again with three seeds.';
  const addTags = ['promising', 'for the paper', 'separable operations only, near NASNet'];
  await ask('leaderboard.label', { experiment, trials: [2, 7, 21], isStarred: true, note, addTags });
}

async function until(
  headless: () => Headless,
  experiment: number,
  isSo: (found: Awaited<ReturnType<Headless['workbench']['handlers']['experiment.get']>>) => boolean,
): Promise<void> {
  const { signal } = new AbortController();
  while (!isSo(await headless().workbench.handlers['experiment.get']({ experiment }, signal))) await setTimeout(50);
}
