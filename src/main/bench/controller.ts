import { PAPER_SPACE, type SearchSpace } from '../../shared/records/architecture.ts';
import { STRATEGY_DEFAULTS, type StrategyConfig } from '../../shared/records/strategy.ts';
import { createStrategy } from '../search/strategies/create-strategy.ts';
import type { ProposalResult } from '../search/strategies/strategy.ts';
import type { Bench } from './bench.ts';
import { hiddenArchitectureLandscape } from './landscape.ts';

/** Rewards at the end of a search whose mean is its score. */
const LAST = 50;

export interface ControllerBenchSettings {
  seeds: readonly number[];
  proposals: number;
  space: SearchSpace;
  contestants: readonly Contestant[];
  /** Told after each search, for progress. */
  searched?: (name: string, seed: number, score: number) => void;
}

export interface Contestant {
  name: string;
  config: StrategyConfig;
}

export interface ControllerBenchResult {
  seeds: number[];
  proposals: number;
  /** First the contestant that the others are compared with, random search. */
  contestants: {
    name: string;
    /** Mean of the last 50 rewards, one a seed. */
    scores: number[];
    mean: number;
    /** Seeds at which it scored more than random search; null for random search. */
    wins: number | null;
    /** Wall time of the strategy's own work for one proposal, in milliseconds. */
    msPerProposal: number;
  }[];
}

export const CONTROLLER_BENCH: ControllerBenchSettings = {
  seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  proposals: 500,
  space: PAPER_SPACE,
  contestants: [
    { name: 'random', config: STRATEGY_DEFAULTS.random },
    { name: 'ppo, 20', config: STRATEGY_DEFAULTS.ppo },
    { name: 'ppo, 5', config: { ...STRATEGY_DEFAULTS.ppo, batchSize: 5 } },
    { name: 'evolution, 20', config: STRATEGY_DEFAULTS.evolution },
    { name: 'evolution, 5', config: { ...STRATEGY_DEFAULTS.evolution, batchSize: 5 } },
  ],
};

/** Seeds of ten at which the controller has to beat random search. */
const BAR = 0.9;

/** Lets strategies search the landscape with a hidden architecture, each with every seed; numbers are batch sizes. */
export async function runControllerBench(
  settings: ControllerBenchSettings = CONTROLLER_BENCH,
): Promise<ControllerBenchResult> {
  const contestants: ControllerBenchResult['contestants'] = [];
  for (const { name, config } of settings.contestants) {
    const scores: number[] = [];
    const started = performance.now();
    for (const seed of settings.seeds) {
      const rewards = await searchLandscape(config, settings, seed);
      scores.push(mean(rewards.slice(-LAST)));
      settings.searched?.(name, seed, scores.at(-1)!);
    }
    const msPerProposal = (performance.now() - started) / (settings.seeds.length * settings.proposals);
    const reference = contestants[0]?.scores;
    const wins = reference ? scores.filter((score, index) => score > reference[index]!).length : null;
    contestants.push({ name, scores, mean: mean(scores), wins, msPerProposal });
  }
  return { seeds: [...settings.seeds], proposals: settings.proposals, contestants };
}

/** One search; returns its rewards in the order of the proposals. */
export async function searchLandscape(
  config: StrategyConfig,
  { space, proposals }: Pick<ControllerBenchSettings, 'space' | 'proposals'>,
  seed: number,
): Promise<number[]> {
  const landscape = hiddenArchitectureLandscape(space, seed);
  const strategy = await createStrategy(config, space, seed);
  const rewards: number[] = [];
  try {
    while (rewards.length < proposals) {
      const batch = await strategy.ask(Math.min(config.batchSize, proposals - rewards.length));
      const results: ProposalResult[] = batch.map((proposal) => ({
        proposal,
        reward: landscape.reward(proposal.architecture, proposal.number),
      }));
      rewards.push(...results.map(({ reward }) => reward ?? 0));
      await strategy.tell(results);
    }
  } finally {
    await strategy.close();
  }
  return rewards;
}

/** The result as lines of text, one a seed. */
export function controllerBenchTable({ seeds, proposals, contestants }: ControllerBenchResult): string[] {
  const widths = contestants.map(({ name }) => Math.max(name.length, 6) + 2);
  const row = (head: string, cells: string[]) =>
    head.padEnd(12) + cells.map((cell, column) => cell.padStart(widths[column]!)).join('');
  const digits = (value: number) => value.toFixed(3);
  return [
    `Mean of the last ${LAST} of ${proposals} rewards; the number behind a strategy is its batch size.`,
    '',
    row(
      'seed',
      contestants.map(({ name }) => name),
    ),
    ...seeds.map((seed, index) =>
      row(
        String(seed),
        contestants.map(({ scores }) => digits(scores[index]!)),
      ),
    ),
    row(
      'mean',
      contestants.map(({ mean }) => digits(mean)),
    ),
    row(
      'beats random',
      contestants.map(({ wins }) => (wins === null ? '' : `${wins}/${seeds.length}`)),
    ),
    row(
      'ms/proposal',
      contestants.map(({ msPerProposal }) => msPerProposal.toFixed(1)),
    ),
  ];
}

/** `npm run bench controller`: fails when PPO, with either batch size, beats random search at fewer than 9 of 10 seeds. */
export const controllerBench: Bench = async ({ json, output }) => {
  const result = await runControllerBench({
    ...CONTROLLER_BENCH,
    searched: (name, seed, score) => output.note(`${name}, seed ${seed}: ${score.toFixed(3)}`),
  });
  if (json) output.json(result);
  else for (const line of controllerBenchTable(result)) output.line(line);
  const learned = result.contestants
    .filter(({ name }) => name.startsWith('ppo'))
    .every(({ wins }) => (wins ?? 0) >= BAR * result.seeds.length);
  return learned ? 0 : 1;
};

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
