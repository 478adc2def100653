import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { Bench } from './bench.ts';
import {
  BATCHES,
  DISPATCH,
  type EngineCase,
  QUICK,
  SEARCH_SIZE,
  stepFixture,
  trialFixture,
} from './engine-fixtures.ts';
import { engineVariants, type Side } from './engine-variants.ts';
import { PeerProcess, type PeerVariant } from './peer-process.ts';
import { type Estimate, estimateMedian, median, slope } from './statistics.ts';

export interface EngineOptions {
  readonly home: string;
  /** False leaves a peer out, and its figures are null. */
  readonly keras: boolean;
  readonly pytorch: boolean;
  /** Pairs of bursts of a step comparison. */
  readonly rounds: number;
  /** Pairs of whole trials. */
  readonly trialRounds: number;
  readonly log: (line: string) => void;
}

/** Ours over theirs: below 1 means that Cellwright is faster. */
export interface Comparison {
  readonly cellwrightMs: number;
  readonly kerasRatio: Estimate | null;
  readonly kerasDefaultRatio: Estimate | null;
  readonly pytorchRatio: Estimate | null;
}

export interface EngineResult {
  readonly searchSize: Comparison;
  readonly dispatch: Comparison;
  readonly quickTrial: Comparison;
  /** From a proposal's arrival in a warm trainer to the first loss read, at search size. */
  readonly firstStepMs: number;
  readonly firstStepParts: Record<string, number>;
  /** Growth of the process over 1,000 steps after the first 100, at the quick preset's scale. */
  readonly memoryGrowthBytes: number;
  /** Growth of the process for each child built, trained for a few steps and closed. */
  readonly memoryPerChildBytes: number;
}

const STEPS_A_BURST = 4;
const LOSS_TOLERANCE = 1e-3;

/**
 * Trains the same NASNet-A child in Cellwright, in Keras and in PyTorch. Equal work is proved first: same weights and
 * batches, five steps' losses within 1e-3. Every side may choose among its settings; best stands against best, in
 * bursts of a few steps that alternate between living processes, so that drift of the machine hits all alike.
 */
export async function runEngineBench(options: EngineOptions): Promise<EngineResult> {
  const folder = mkdtempSync(join(tmpdir(), 'cellwright-bench-'));
  try {
    const searchSize = await compareSteps(SEARCH_SIZE, folder, options);
    const dispatch = await compareSteps(DISPATCH, folder, options);
    const quickTrial = await compareTrials(folder, options, searchSize.best);
    const own = await measureOurselves(folder, options, searchSize.best);
    return { searchSize: searchSize.comparison, dispatch: dispatch.comparison, quickTrial, ...own };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Best = Partial<Record<Side, PeerVariant>>;

async function compareSteps(
  what: EngineCase,
  folder: string,
  options: EngineOptions,
): Promise<{ comparison: Comparison; best: Best }> {
  options.log(`\n${what.title}`);
  const load = await makeFixture(what, folder, options);
  const best: Best = {};
  const finalists = new Map<string, PeerProcess>();
  let losses: readonly number[] | undefined;
  for (const side of sides(options)) {
    const screened: { process: PeerProcess; ms: number }[] = [];
    for (const variant of engineVariants(side, options.home, options.log)) {
      const process = new PeerProcess(variant);
      try {
        await process.ask(load);
        const first = await process.steps(BATCHES);
        losses ??= first.losses;
        proveEqualWork(variant, losses, first.losses);
        const ms = median((await process.steps(STEPS_A_BURST)).ms);
        options.log(`  ${side} ${variant.label}: ${ms.toFixed(1)} ms a step`);
        screened.push({ process, ms });
      } catch (error) {
        process.close();
        options.log(
          `  ${side} ${variant.label}: left out. ${error instanceof Error ? error.message.slice(-300) : error}`,
        );
        if (error instanceof UnequalWork) throw error;
      }
      keepFinalists(screened);
    }
    const winner = screened.sort((a, b) => a.ms - b.ms)[0];
    if (!winner) throw new WorkbenchError('unavailable', `No variant of ${side} ran.`);
    best[side] = winner.process.variant;
    finalists.set(side, winner.process);
    const standard = screened.find(({ process }) => process.variant.isDefault);
    if (standard) finalists.set(`${side} default`, standard.process);
  }
  const times = await alternate(finalists, options.rounds, async (process) =>
    median((await process.steps(STEPS_A_BURST)).ms),
  );
  for (const process of finalists.values()) process.close();
  return { comparison: compare(times, options), best };
}

/** Of what was screened only the fastest and the default stay alive. */
function keepFinalists(screened: { process: PeerProcess; ms: number }[]): void {
  const fastest = Math.min(...screened.map(({ ms }) => ms));
  for (let index = screened.length - 1; index >= 0; index--) {
    const entry = screened[index];
    if (!entry || entry.ms === fastest || entry.process.variant.isDefault) continue;
    entry.process.close();
    screened.splice(index, 1);
  }
}

class UnequalWork extends WorkbenchError {}

function proveEqualWork(variant: PeerVariant, reference: readonly number[], losses: readonly number[]): void {
  for (const [step, loss] of losses.entries()) {
    const expected = reference[step] ?? Number.NaN;
    if (!(Math.abs(loss - expected) <= LOSS_TOLERANCE)) {
      throw new UnequalWork(
        'internal',
        `${variant.side} (${variant.label}) does other work: its loss at step ${step + 1} is ${loss}, ours ${expected}.`,
      );
    }
  }
}

/** Runs every process once a round, in an order that rotates. */
async function alternate(
  processes: Map<string, PeerProcess>,
  rounds: number,
  measure: (process: PeerProcess, round: number) => Promise<number>,
): Promise<Map<string, number[]>> {
  const names = [...processes.keys()];
  const times = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length];
      const process = name === undefined ? undefined : processes.get(name);
      if (name === undefined || !process) continue;
      times.get(name)?.push(await measure(process, round));
    }
  }
  return times;
}

function compare(times: Map<string, number[]>, options: EngineOptions): Comparison {
  const ours = times.get('cellwright') ?? [];
  const against = (name: string): Estimate | null => {
    const theirs = times.get(name);
    if (!theirs) return null;
    const estimate = estimateMedian(ours.map((value, index) => value / (theirs[index] ?? Number.NaN)));
    options.log(
      `  ours / ${name}: ${estimate.median.toFixed(3)} (95 %: ${estimate.low.toFixed(3)} to ${estimate.high.toFixed(3)}, ${estimate.count} pairs)`,
    );
    return estimate;
  };
  options.log(`  ours: ${median(ours).toFixed(1)} ms`);
  against('pytorch default');
  return {
    cellwrightMs: median(ours),
    kerasRatio: against('keras'),
    // Where the default is the best, both names stand for one process.
    kerasDefaultRatio: against('keras default') ?? against('keras'),
    pytorchRatio: against('pytorch'),
  };
}

async function compareTrials(folder: string, options: EngineOptions, best: Best): Promise<Comparison> {
  options.log('\nA whole quick trial of NASNet-A, from proposal to reward');
  const trial = trialFixture(folder, options.home);
  const processes = new Map<string, PeerProcess>();
  for (const side of sides(options)) {
    const chosen = best[side];
    if (chosen) processes.set(side, new PeerProcess(chosen));
    const standard = engineVariants(side, options.home, options.log).find((variant) => variant.isDefault);
    if (side === 'keras' && standard && standard.label !== chosen?.label) {
      processes.set('keras default', new PeerProcess(standard));
    }
  }
  const rewards = new Map<string, number[]>();
  // The first trial of a process loads libraries' parts; it is not counted on any side.
  await alternate(processes, 1, async (process) => Number((await process.ask({ ...trial, seed: 1 })).reward));
  const times = await alternate(processes, options.trialRounds, async (process, round) => {
    const start = performance.now();
    const answer = await process.ask({ ...trial, seed: round + 2 });
    const side = process.variant.side;
    rewards.set(side, [...(rewards.get(side) ?? []), Number(answer.reward)]);
    return performance.now() - start;
  });
  for (const [side, values] of rewards) {
    options.log(`  ${side}: validation accuracies ${values.map((value) => value.toFixed(3)).join(', ')}`);
  }
  for (const process of processes.values()) process.close();
  return compare(times, options);
}

async function measureOurselves(
  folder: string,
  options: EngineOptions,
  best: Best,
): Promise<Pick<EngineResult, 'firstStepMs' | 'firstStepParts' | 'memoryGrowthBytes' | 'memoryPerChildBytes'>> {
  options.log('\nOurselves');
  const ours = new PeerProcess(best.cellwright ?? firstVariant(options));
  const load = await makeFixture(SEARCH_SIZE, folder, options);
  await ours.ask(load);
  await ours.steps(1);
  const starts: Record<string, unknown>[] = [];
  for (let round = 0; round < 5; round++) starts.push(await ours.ask({ ...load, cmd: 'firstStep' }));
  starts.sort((a, b) => Number(a.totalMs) - Number(b.totalMs));
  const middle = starts[2] ?? {};
  const parts = Object.fromEntries(Object.entries(Object(middle.parts)).map(([part, ms]) => [part, Number(ms)]));
  options.log(`  first loss after ${Number(middle.totalMs).toFixed(0)} ms: ${formatParts(parts)}`);

  await ours.ask(await makeFixture(QUICK, folder, options));
  await ours.steps(100);
  const before = Number((await ours.ask({ cmd: 'memory' })).residentBytes);
  await ours.steps(1000);
  const memoryGrowthBytes = Number((await ours.ask({ cmd: 'memory' })).residentBytes) - before;
  options.log(`  1,000 steps: ${(memoryGrowthBytes / 1e6).toFixed(1)} MB more`);

  const sizes: number[] = [];
  for (let child = 0; child < 24; child++) {
    await ours.ask(load);
    await ours.steps(2);
    sizes.push(Number((await ours.ask({ cmd: 'memory' })).residentBytes));
  }
  // The first children fill the allocator's arenas; after them the slope is what a child leaves behind.
  const memoryPerChildBytes = slope(sizes.slice(4));
  options.log(`  a child: ${(memoryPerChildBytes / 1e6).toFixed(1)} MB more without recycling`);
  ours.close();
  return { firstStepMs: Number(middle.totalMs), firstStepParts: parts, memoryGrowthBytes, memoryPerChildBytes };
}

function formatParts(parts: Record<string, number>): string {
  return Object.entries(parts)
    .map(([part, ms]) => `${part} ${ms.toFixed(0)}`)
    .join(', ');
}

function sides(options: EngineOptions): Side[] {
  return [
    'cellwright',
    ...(options.keras ? (['keras'] as const) : []),
    ...(options.pytorch ? (['pytorch'] as const) : []),
  ];
}

function firstVariant(options: EngineOptions): PeerVariant {
  const [variant] = engineVariants('cellwright', options.home, options.log);
  if (!variant) throw new RangeError('Cellwright has no variant.');
  return variant;
}

/** Files of a case; the weights are Cellwright's own initialisation, which every side starts from. */
async function makeFixture(what: EngineCase, folder: string, options: EngineOptions): Promise<Record<string, unknown>> {
  const fixture = stepFixture(what, folder, options.home);
  const ours = new PeerProcess(firstVariant(options));
  await ours.ask({ ...fixture, cmd: 'writeWeights', seed: 1 });
  ours.close();
  return fixture;
}

/** `bench engine [--no-keras] [--no-pytorch] [--rounds N] [--trial-rounds N]`. */
export const engineBench: Bench = async ({ json, options, home, output }) => {
  const { values } = parseBenchOptions(options);
  const result = await runEngineBench({
    home,
    keras: !values['no-keras'],
    pytorch: !values['no-pytorch'],
    rounds: Number(values.rounds ?? 24),
    trialRounds: Number(values['trial-rounds'] ?? 6),
    log: (line) => output.note(line),
  });
  if (json) output.json(summary(result));
  else output.line(JSON.stringify(summary(result), null, 2));
  return 0;
};

function parseBenchOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        'no-keras': { type: 'boolean' },
        'no-pytorch': { type: 'boolean' },
        rounds: { type: 'string' },
        'trial-rounds': { type: 'string' },
      },
    });
  } catch (error) {
    throw new WorkbenchError('invalid_input', error instanceof Error ? error.message : String(error));
  }
}

/** The figures alone; the intervals went into the notes. */
function summary(result: EngineResult): Record<string, unknown> {
  const flat = ({ cellwrightMs, kerasRatio, kerasDefaultRatio, pytorchRatio }: Comparison) => ({
    cellwrightMs,
    kerasRatio: kerasRatio?.median ?? null,
    kerasDefaultRatio: kerasDefaultRatio?.median ?? null,
    pytorchRatio: pytorchRatio?.median ?? null,
  });
  const { searchSize, dispatch, quickTrial, ...own } = result;
  return { searchSize: flat(searchSize), dispatch: flat(dispatch), quickTrial: flat(quickTrial), ...own };
}
