import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { experimentFromPreset } from '../../shared/presets.ts';
import { randomUint32, randomUnit } from '../../shared/random.ts';
import { type ExperimentConfig, experimentConfigSchema } from '../../shared/records/experiment.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { Bench, BenchOutput } from './bench.ts';
import { type DisturbedSearch, disturbSearch, type SearchPlace, type Strike } from './disturbed-search.ts';
import { firstDifference, readResults, type SearchResults } from './search-results.ts';

/** Six trials in batches of two: three updates. Small enough that a trial takes seconds. */
export function toySearch(): ExperimentConfig {
  const quick = experimentFromPreset('quick', { dataset: 'cifar10', trials: 6, name: 'chaos' });
  return experimentConfigSchema.parse({
    ...quick,
    space: { ...quick.space, blocks: 3 },
    strategy: { ...quick.strategy, batchSize: 2 },
    scale: { ...quick.scale, filters: 4 },
    recipe: { ...quick.recipe, batchSize: 16 },
    subset: { training: { share: 1, most: 320 }, validation: { share: 1, most: 100 } },
    trialsAtOnce: 2,
    checkpointEveryMs: 3_600_000,
    checkpointEverySteps: 5,
  });
}

/** One trial at the scale of the paper's search (N = 2, F = 32). */
export function searchScaleTrial(): ExperimentConfig {
  const quick = experimentFromPreset('quick', { dataset: 'cifar10', trials: 1, name: 'chaos at search scale' });
  return experimentConfigSchema.parse({
    ...quick,
    scale: { ...quick.scale, normalRepeats: 2, filters: 32 },
    recipe: { ...quick.recipe, batchSize: 32 },
    subset: { training: { share: 1, most: 384 }, validation: { share: 1, most: 64 } },
    limits: { timeLimitMs: 0 },
    checkpointEveryMs: 3_600_000,
    checkpointEverySteps: 2,
  });
}

/** Steps of the one trial, which has 24, at which main and its trainer are killed in turn. */
const STRUCK_STEPS = [3, 7, 12, 16, 21];

export interface ChaosSettings {
  /** Where data sets are and projects are made. */
  readonly home: string;
  readonly seed: number;
  /** Searches whose main, and searches whose trainers, are killed at a random moment. */
  readonly mainKills: number;
  readonly trainerKills: number;
  /** Kills of one trial at search scale, at most five. */
  readonly stepKills: number;
  readonly note: (text: string) => void;
}

export interface ChaosTally {
  readonly kills: number;
  /** Searches that ended like the undisturbed one, bit for bit, and searches in all. */
  readonly identical: number;
  readonly searches: number;
  /** What was different, if anything. */
  readonly differences: readonly string[];
  /** Longest, in milliseconds: from a restart to the first step; that a trainer outlived its main. Null: no such kill. */
  readonly slowestRestartMs: number | null;
  readonly longestOrphanMs: number | null;
}

export interface ChaosResult {
  readonly main: ChaosTally;
  readonly trainer: ChaosTally;
  readonly steps: ChaosTally;
}

/** Runs the searches of the settings, disturbed, and holds each against an undisturbed one. */
export async function runChaos(settings: ChaosSettings): Promise<ChaosResult> {
  const parent = join(settings.home, 'scratch');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'chaos-'));
  try {
    const toy = new ChaosGround(settings, join(folder, 'toy'), toySearch());
    const main = await toy.strikeAtRandom('main', settings.mainKills);
    const trainer = await toy.strikeAtRandom('trainer', settings.trainerKills);
    const large = new ChaosGround(settings, join(folder, 'search-scale'), searchScaleTrial());
    return { main, trainer, steps: await large.strikeAtSteps(STRUCK_STEPS.slice(0, settings.stepKills)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One experiment, run over and over in fresh projects. */
class ChaosGround {
  private readonly settings: ChaosSettings;
  private readonly folder: string;
  private readonly configFile: string;
  private calm: { readonly results: SearchResults; readonly durationMs: number } | null = null;
  private projects = 0;

  constructor(settings: ChaosSettings, folder: string, config: ExperimentConfig) {
    this.settings = settings;
    this.folder = folder;
    this.configFile = join(folder, 'config.json');
    mkdirSync(folder);
    writeFileSync(this.configFile, JSON.stringify(config));
  }

  async strikeAtRandom(victim: Strike['victim'], kills: number): Promise<ChaosTally> {
    const tally = new Tally();
    const domain = victim === 'main' ? 1 : 2;
    for (let round = 0; tally.kills < kills; round++) {
      const { durationMs } = await this.undisturbed();
      const moment = randomUnit(this.settings.seed, domain, round) * durationMs;
      await this.strike(tally, `${victim} at ${Math.round(moment)} ms`, [{ victim, when: { afterMs: moment } }]);
      if (round > 3 * kills)
        throw new Error(`Only ${tally.kills} of ${round} searches lived long enough to be struck.`);
    }
    return tally.result();
  }

  /** One trial, main and its trainer struck in turn. */
  async strikeAtSteps(steps: readonly number[]): Promise<ChaosTally> {
    const tally = new Tally();
    if (steps.length === 0) return tally.result();
    const first = randomUint32(this.settings.seed, 3) % 2;
    const strikes = steps.map(
      (step, index): Strike => ({ victim: (index + first) % 2 === 0 ? 'main' : 'trainer', when: { step } }),
    );
    await this.strike(tally, `one trial at steps ${steps.join(', ')}`, strikes);
    return tally.result();
  }

  private async strike(tally: Tally, what: string, strikes: readonly Strike[]): Promise<void> {
    const { results } = await this.undisturbed();
    const place = this.newPlace();
    const disturbed = await disturbSearch(place, strikes);
    if (disturbed.hits === 0) return;
    const difference = firstDifference(results, await readResults(place.projectFolder));
    tally.add(disturbed, difference);
    this.settings.note(`${what}: ${difference === null ? 'identical' : `different, ${difference.slice(0, 300)}`}`);
    rmSync(place.projectFolder, { recursive: true, force: true });
  }

  private async undisturbed() {
    if (this.calm) return this.calm;
    const place = this.newPlace();
    const { durationMs } = await disturbSearch(place, []);
    this.calm = { results: await readResults(place.projectFolder), durationMs };
    this.settings.note(`undisturbed: ${this.calm.results.trials.length} trials in ${Math.round(durationMs)} ms`);
    return this.calm;
  }

  private newPlace(): SearchPlace {
    this.projects++;
    const projectFolder = join(this.folder, `project-${this.projects}`);
    return { projectFolder, home: this.settings.home, configFile: this.configFile };
  }
}

class Tally {
  kills = 0;
  private searches = 0;
  private readonly differences: string[] = [];
  private readonly restartMs: number[] = [];
  private readonly orphanMs: number[] = [];

  add({ hits, restartMs, orphanMs }: DisturbedSearch, difference: string | null): void {
    this.kills += hits;
    this.searches++;
    this.restartMs.push(...restartMs);
    this.orphanMs.push(...orphanMs);
    if (difference !== null) this.differences.push(difference);
  }

  result(): ChaosTally {
    const { kills, searches, differences, restartMs, orphanMs } = this;
    return {
      kills,
      searches,
      identical: searches - differences.length,
      differences,
      slowestRestartMs: longest(restartMs),
      longestOrphanMs: longest(orphanMs),
    };
  }
}

function longest(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.round(Math.max(...values));
}

/** Kills of main and of trainers at random moments of a toy search, and at steps of a trial at search scale. */
export const chaosBench: Bench = async ({ json, options, home, output }) => {
  const { mainKills, trainerKills, stepKills, seed } = readOptions(options);
  const result = await runChaos({ home, seed, mainKills, trainerKills, stepKills, note: (text) => output.note(text) });
  if (json) output.json(result);
  else tellResult(output, result);
  return Object.values(result).every((tally: ChaosTally) => tally.identical === tally.searches) ? 0 : 1;
};

function readOptions(options: readonly string[]) {
  const { values } = parseArgs({
    args: [...options],
    options: {
      main: { type: 'string' },
      trainer: { type: 'string' },
      steps: { type: 'string' },
      seed: { type: 'string' },
    },
  });
  const whole = (name: keyof typeof values, otherwise: number, most: number): number => {
    const value = Number(values[name] ?? otherwise);
    if (Number.isInteger(value) && value >= 0 && value <= most) return value;
    throw new WorkbenchError('invalid_input', `--${name} takes a whole number from 0 to ${most}, not ${values[name]}.`);
  };
  return {
    mainKills: whole('main', 20, 1000),
    trainerKills: whole('trainer', 20, 1000),
    stepKills: whole('steps', STRUCK_STEPS.length, STRUCK_STEPS.length),
    seed: whole('seed', 1, 2 ** 31 - 1),
  };
}

function tellResult(output: BenchOutput, { main, trainer, steps }: ChaosResult): void {
  const rows = [
    ['main, at random moments', main],
    ['trainers, at random moments', trainer],
    ['both in turn, in one trial at N = 2, F = 32', steps],
  ] as const;
  for (const [what, { kills, identical, searches, slowestRestartMs, longestOrphanMs }] of rows) {
    const restart = slowestRestartMs === null ? '' : `; slowest restart to a step ${slowestRestartMs} ms`;
    const orphan = longestOrphanMs === null ? '' : `; trainers outlived main by ${longestOrphanMs} ms at most`;
    output.line(`${what}: ${kills} kills, ${identical} of ${searches} searches identical${restart}${orphan}`);
  }
}
