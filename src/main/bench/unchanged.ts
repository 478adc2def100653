import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { hearEndSignals } from '../end-signals.ts';
import { PROJECT_ROOT } from '../setup/runtime.mjs';
import type { Bench, BenchOutput } from './bench.ts';
import { writeShadedDataset } from './shaded-dataset.ts';
import { ProgramGroups } from './unchanged/program-groups.ts';
import { checkOutRevision } from './unchanged/revision-checkout.ts';
import { differingTensor, type NamedTensor } from './unchanged/tensor-file.ts';
import { type TensorTask, tinyTask, trialTask } from './unchanged/tensor-task.ts';
import { trainTensors } from './unchanged/tensor-training.ts';
import {
  DEMO,
  differingTrial,
  type SearchKind,
  SMALL_SEARCH,
  TreeSearch,
  type TrialEnd,
} from './unchanged/tree-search.ts';

/** The trial that is in training when its search is killed, in the middle of the first batch. */
const STRUCK_TRIAL = 3;
/** The trial that is trained once more for its tensors. */
const TENSOR_TRIAL = 1;

export interface UnchangedResult {
  readonly before: string;
  /** Of the code of before; with `--quick` there are none. */
  readonly trials: readonly TrialEnd[];
  /** Compared one by one, with and without a kill. */
  readonly tensors: number;
  /** What was found equal, in the order of the comparisons. */
  readonly equal: readonly string[];
  /** The first difference, after which nothing more is compared; null where there is none. */
  readonly difference: string | null;
}

/** The demo and one of its trainings; the same of a small search; or a tiny training alone. */
type Extent = 'full' | 'small' | 'quick';

interface Trees {
  readonly before: string;
  readonly after: string;
  readonly home: string;
  /** For all that is made here. */
  readonly folder: string;
}

/**
 * Runs the code of a revision and of this checkout on this machine and compares what they compute: the trials of a search
 * and each tensor of a training, also across a kill. What they wrote to disk is not compared.
 */
export const unchangedBench: Bench = async ({ json, options, home, output }) => {
  const { before, extent } = readOptions(options);
  const programs = new ProgramGroups();
  let asked: NodeJS.Signals | null = null;
  const end = (signal: NodeJS.Signals): void => {
    asked = signal;
    void programs.end();
  };
  const release = hearEndSignals({ first: end, again: end });
  const scratch = join(home, 'scratch');
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, 'unchanged-'));
  try {
    const checkout = checkOutRevision(before, join(folder, 'before'), home);
    try {
      const trees = { before: checkout.folder, after: PROJECT_ROOT, home, folder };
      const comparison = new Comparison(programs, trees, (text) => output.note(text));
      const result = { before: checkout.revision, ...(await comparison.run(extent)) };
      if (json) output.json(result);
      else tellResult(output, result);
      return result.difference === null ? 0 : 1;
    } finally {
      await programs.end();
      checkout.remove();
    }
  } catch (error) {
    if (asked === null) throw error;
    throw new WorkbenchError('cancelled', `The comparison was ended by ${asked}; nothing is left of it.`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    release();
  }
};

class Comparison {
  private readonly programs: ProgramGroups;
  private readonly trees: Trees;
  private readonly note: (text: string) => void;
  private readonly equal: string[] = [];
  private trials: TrialEnd[] = [];
  private tensors: NamedTensor[] = [];

  constructor(programs: ProgramGroups, trees: Trees, note: (text: string) => void) {
    this.programs = programs;
    this.trees = trees;
    this.note = note;
  }

  async run(extent: Extent): Promise<Omit<UnchangedResult, 'before'>> {
    const difference = await this.compare(extent);
    return { trials: this.trials, tensors: this.tensors.length, equal: this.equal, difference };
  }

  private async compare(extent: Extent): Promise<string | null> {
    if (extent === 'full') return await this.compareSearches(DEMO, this.trees.home);
    const home = join(this.trees.folder, 'home');
    writeShadedDataset(home);
    if (extent === 'small') return await this.compareSearches(SMALL_SEARCH, home);
    return await this.compareTensors(tinyTask(), home);
  }

  private async compareSearches(kind: SearchKind, home: string): Promise<string | null> {
    const search = (side: 'before' | 'after', name: string): TreeSearch => {
      const project = join(this.trees.folder, `project-${name}`);
      return new TreeSearch(this.programs, { tree: this.trees[side], home, project, kind });
    };
    const before = search('before', 'before');
    this.trials = await before.run();
    this.note(`rewards before, in %: ${this.trials.map(rewardOf).join(', ')}`);
    const undisturbed = await search('after', 'after').run();
    const inTrials = this.judge('the trials of a search', differingTrial(this.trials, undisturbed));
    if (inTrials !== null) return inTrials;
    const { config, trial } = await before.trialToTrain(TENSOR_TRIAL);
    const inTensors = await this.compareTensors(trialTask(config, trial, kind.image), home);
    if (inTensors !== null) return inTensors;
    const killed = await search('after', 'killed').runAcrossKill(STRUCK_TRIAL);
    return this.judge('the trials of a search that was killed and resumed', differingTrial(this.trials, killed));
  }

  private async compareTensors(task: TensorTask, home: string): Promise<string | null> {
    const train = async (side: 'before' | 'after', isKilled = false): Promise<NamedTensor[]> => {
      const folder = join(this.trees.folder, `tensors-${side}${isKilled ? '-killed' : ''}`);
      return await trainTensors(this.programs, { tree: this.trees[side], home, folder }, task, isKilled);
    };
    this.tensors = await train('before');
    const all = `${this.tensors.length} named tensors of a training`;
    const undisturbed = this.judge(all, differingTensor(this.tensors, await train('after')));
    if (undisturbed !== null) return undisturbed;
    const killed = await train('after', true);
    return this.judge(`${all} that was killed and resumed`, differingTensor(this.tensors, killed));
  }

  private judge(what: string, difference: string | null): string | null {
    if (difference !== null) return `In ${what}: ${difference}.`;
    this.equal.push(what);
    this.note(`${what}: identical`);
    return null;
  }
}

function readOptions(options: readonly string[]): { before: string; extent: Extent } {
  const { values } = parseArgs({
    args: [...options],
    options: {
      before: { type: 'string' },
      quick: { type: 'boolean', default: false },
      small: { type: 'boolean', default: false },
    },
  });
  const { before, quick, small } = values;
  if (before === undefined) {
    const sentence = 'Name the revision to compare with: bench unchanged --before REVISION.';
    throw new WorkbenchError('invalid_input', sentence);
  }
  return { before, extent: quick ? 'quick' : small ? 'small' : 'full' };
}

function tellResult(output: BenchOutput, { trials, equal, difference }: UnchangedResult): void {
  if (trials.length > 0) output.line('trial  reward %  weights');
  for (const end of trials) {
    const weights = end.weightsHash?.slice(0, 16) ?? end.state;
    output.line(`${String(end.trial).padStart(5)}  ${rewardOf(end).padStart(8)}  ${weights}`);
  }
  for (const what of equal) output.line(`identical: ${what}`);
  if (difference !== null) output.line(`different: ${difference}`);
}

function rewardOf({ reward }: TrialEnd): string {
  return reward === null ? '–' : (100 * reward).toFixed(2);
}
