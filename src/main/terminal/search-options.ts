import type { Command } from 'commander';
import { PRESET_NAMES, PRESETS, type PresetName } from '../../shared/presets.ts';
import type { ExperimentConfig } from '../../shared/records/experiment.ts';
import { STRATEGY_KINDS, type StrategyKind } from '../../shared/records/strategy.ts';
import { choiceOption, MOST_TRIALS, MOST_TRIALS_AT_ONCE, timeLimitOption, wholeOption } from './options.ts';
import { overrideConfig, parseOverride } from './overrides.ts';

/** The options that say what is searched; `search` and `demo` share them. */
export interface SearchOptions {
  readonly dataset: string;
  readonly preset: PresetName;
  readonly strategy: StrategyKind;
  readonly trials?: number;
  readonly seed?: number;
  readonly trialsAtOnce?: number;
  readonly timeLimit?: number;
  readonly name?: string;
  readonly set?: readonly string[];
}

export const LARGEST_SEED = 2_147_483_647;

export function addSearchOptions(command: Command): Command {
  return command
    .option('--dataset <name>', 'data set; `datasets list` lists them', 'cifar10')
    .addOption(choiceOption('--preset <name>', 'values that are not set otherwise', PRESET_NAMES, 'quick'))
    .addOption(choiceOption('--strategy <kind>', 'what proposes cells', STRATEGY_KINDS, 'ppo'))
    .addOption(wholeOption('--trials <number>', "trials: children to train (default: the preset's)", MOST_TRIALS))
    .addOption(
      wholeOption('--seed <number>', "everything random follows from it (default: the preset's)", LARGEST_SEED),
    )
    .addOption(wholeOption('--trials-at-once <number>', 'children in training at the same time', MOST_TRIALS_AT_ONCE))
    .addOption(timeLimitOption())
    .option('--name <text>', 'name of the search (default: preset, strategy and data set)')
    .option('--set <path=value>', 'another hyper-parameter, such as recipe.epochs=3; may be repeated', collect);
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** The whole configuration of the search; throws `invalid_input` naming what does not fit. */
export function readSearchConfig(options: SearchOptions): ExperimentConfig {
  const { preset, dataset, strategy, name, trials, seed } = options;
  const { config, strategies } = PRESETS[preset];
  // Parsed once, with the overrides: until then a name or a data set may be anything.
  const started: ExperimentConfig = {
    ...config,
    name: name ?? `${preset} ${strategy} on ${dataset}`,
    dataset,
    preset,
    strategy: strategies[strategy],
    seed: seed ?? config.seed,
    budget: {
      trials: trials ?? config.budget.trials,
      timeLimitMs: options.timeLimit ?? config.budget.timeLimitMs,
    },
    trialsAtOnce: options.trialsAtOnce ?? config.trialsAtOnce,
  };
  return overrideConfig(started, (options.set ?? []).map(parseOverride));
}
