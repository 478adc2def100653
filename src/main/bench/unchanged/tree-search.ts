import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { SHADED } from '../shaded-dataset.ts';
import type { ProgramGroups } from './program-groups.ts';
import type { ImageSize, SearchedConfig, SearchedTrial } from './tensor-task.ts';

/** A search to be compared: how the terminal program is asked for it, in the words of schema 2, and its images. */
export interface SearchKind {
  readonly args: readonly string[];
  readonly trials: number;
  readonly image: ImageSize;
}

/** The demo of the README. */
export const DEMO: SearchKind = {
  args: ['demo', '--trials', '6'],
  trials: 6,
  image: { imageSize: 32, classes: 10 },
};

/** Four trials of some seconds on the shaded data set, in batches of two. */
export const SMALL_SEARCH: SearchKind = {
  args: [
    ...['search', '--dataset', SHADED, '--preset', 'quick', '--trials', '4'],
    ...[
      'space.blocks=2',
      'space.operations=["identity", "conv_1x1", "max_pool_3x3", "sep_conv_3x3"]',
      'strategy.batchSize=2',
      'scale.filters=4',
      'training.trainingImages=320',
      'training.validationImages=80',
      'training.batchSize=16',
      'training.epochs=40',
      'checkpointEverySteps=40',
    ].flatMap((override) => ['--set', override]),
  ],
  trials: 4,
  image: { imageSize: 8, classes: 4 },
};

/** A checkout whose terminal program is asked, and the folder of its project. */
export interface SearchPlace {
  readonly tree: string;
  readonly home: string;
  readonly project: string;
  readonly kind: SearchKind;
}

/** What a trial came to, as `show --json` says; numbers are compared to the last bit. */
export interface TrialEnd {
  readonly trial: number;
  readonly state: string;
  readonly hash: string;
  readonly seed: number;
  readonly reward: number | null;
  readonly weightsHash: string | null;
  /** Without the times that it took. */
  readonly curve: readonly unknown[];
}

interface Shown {
  readonly trial: Omit<TrialEnd, 'curve'> & { readonly architecture: unknown; readonly step: number };
  readonly epochs: readonly Readonly<Record<string, unknown>>[];
}

const LOOK_EVERY_MS = 300;

/** The terminal program of a tree as a black box: it has the same commands whatever is inside. */
export class TreeSearch {
  private readonly programs: ProgramGroups;
  private readonly place: SearchPlace;

  constructor(programs: ProgramGroups, place: SearchPlace) {
    this.programs = programs;
    this.place = place;
  }

  /** From its start to its end. */
  async run(): Promise<TrialEnd[]> {
    await this.programs.run(...this.command(...this.place.kind.args));
    return await this.ends();
  }

  /** Killed with its trainers once a trial has left something to go on from, and resumed. */
  async runAcrossKill(struck: number): Promise<TrialEnd[]> {
    const search = this.programs.start(...this.command(...this.place.kind.args));
    let end: unknown = null;
    void search.ended.then((ended) => {
      end = ended;
    });
    while (end === null && !(await this.isInMiddle(struck))) await setTimeout(LOOK_EVERY_MS);
    search.kill();
    const { signal, code, err } = await search.ended;
    if (signal !== 'SIGKILL') throw new Error(`The search was not killed, it ended with ${code}: ${err.slice(-1000)}`);
    await this.programs.run(...this.command('resume'));
    return await this.ends();
  }

  /** The only experiment's settings, and one of its trials. */
  async trialToTrain(trial: number): Promise<{ config: SearchedConfig; trial: SearchedTrial }> {
    const [experiment] = await this.ask<{ config: SearchedConfig }[]>('experiments');
    if (!experiment) throw new Error(`${this.place.project} has no experiment`);
    return { config: experiment.config, trial: (await this.show(trial)).trial };
  }

  private async ends(): Promise<TrialEnd[]> {
    const ends: TrialEnd[] = [];
    for (let number = 1; number <= this.place.kind.trials; number++) {
      const { trial, epochs } = await this.show(number);
      const { state, hash, seed, reward, weightsHash } = trial;
      // From schema 3 on an epoch says of which run it is.
      const curve = epochs.map(({ durationMs: _, run: __, ...epoch }) => epoch);
      ends.push({ trial: number, state, hash, seed, reward, weightsHash, curve });
    }
    return ends;
  }

  /** A step is stored with a checkpoint, or with an epoch. */
  private async isInMiddle(trial: number): Promise<boolean> {
    const looked = await this.programs.start(...this.command('show', String(trial))).ended;
    // There is no project, or no such trial, yet.
    if (looked.code !== 0) return false;
    const { state, step } = (JSON.parse(looked.out) as Shown).trial;
    return state === 'running' && step > 0;
  }

  private async show(trial: number): Promise<Shown> {
    return await this.ask<Shown>('show', String(trial));
  }

  private async ask<Answer>(...args: string[]): Promise<Answer> {
    return JSON.parse(await this.programs.run(...this.command(...args))) as Answer;
  }

  private command(...args: string[]): [string[], NodeJS.ProcessEnv] {
    const { tree, home, project } = this.place;
    const environment = { ...process.env, CELLWRIGHT_HOME: home, CUDA_VISIBLE_DEVICES: '-1' };
    return [[join(tree, 'src/main/cli.ts'), '--json', ...args, '--project', project], environment];
  }
}

/** The first difference in a sentence, or null. */
export function differingTrial(before: readonly TrialEnd[], after: readonly TrialEnd[]): string | null {
  for (const [index, was] of before.entries()) {
    const is = after[index];
    for (const part of Object.keys(was) as (keyof TrialEnd)[]) {
      const [wanted, found] = [JSON.stringify(was[part]), JSON.stringify(is?.[part])];
      if (wanted !== found) return `trial ${was.trial} differs in its ${part}: ${found} instead of ${wanted}`;
    }
  }
  return null;
}
