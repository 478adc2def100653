import { PRESET_NAMES, PRESETS, type PresetName } from '../../../shared/presets.ts';
import type { Architecture } from '../../../shared/records/architecture.ts';
import { type ExperimentConfig, experimentConfigSchema } from '../../../shared/records/experiment.ts';
import { STRATEGY_KINDS, type StrategyKind } from '../../../shared/records/strategy.ts';
import { issueSentence } from '../../components/issue-sentence.ts';
import { KINDS } from '../../state/config-choices.ts';
import { configValues, valueAt, withEdits } from '../../state/config-values.ts';
import { type RowKey, readRowKey, rowName } from '../../state/row-key.ts';

/** What the address of a new search says: `/new?dataset=&preset=&strategy=&from=<experiment>:<row>`. */
export interface NewSearchAddress {
  readonly dataset: string | null;
  readonly preset: PresetName | null;
  readonly strategy: StrategyKind | null;
  readonly from: { readonly experiment: number; readonly row: RowKey } | null;
}

export function readNewSearch(params: URLSearchParams): NewSearchAddress {
  const [, experiment, written = ''] = /^(\d+):(.+)$/.exec(params.get('from') ?? '') ?? [];
  const row = readRowKey(written);
  return {
    dataset: params.get('dataset'),
    preset: PRESET_NAMES.find((name) => name === params.get('preset')) ?? null,
    strategy: STRATEGY_KINDS.find((kind) => kind === params.get('strategy')) ?? null,
    from: experiment === undefined || row === null ? null : { experiment: Number(experiment), row },
  };
}

/** A trial whose cell a new search begins with. */
export interface Origin {
  readonly row: RowKey;
  readonly architecture: Architecture;
  /** The search that it was found in. */
  readonly config: ExperimentConfig;
}

/** Only evolution begins with given cells; the others find their own. */
export const usesOrigin = (strategy: StrategyKind): boolean => strategy === 'evolution';

/**
 * A search before anything is changed by hand. With an origin and no preset, it is as the search it comes from, whatever
 * the strategy; a preset with a strategy that does not use the cell has nothing of the origin.
 */
export function standardSearch(choice: {
  preset: PresetName | null;
  strategy: StrategyKind;
  dataset: string;
  origin: Origin | null;
}): ExperimentConfig {
  const { preset, strategy, dataset, origin } = choice;
  const strategies = PRESETS[preset ?? 'quick'].strategies;
  const isUsed = usesOrigin(strategy);
  if (origin === null || (preset !== null && !isUsed)) {
    const name = preset ?? 'quick';
    return {
      ...PRESETS[name].config,
      name: `${name} ${strategy} on ${dataset}`,
      dataset,
      preset: name,
      strategy: strategies[strategy],
    };
  }
  const { config, row, architecture } = origin;
  const { evolution } = strategies;
  const name = isUsed ? `from trial ${rowName(row)} of ${config.name}` : `${strategy} like ${config.name}`;
  return {
    ...(preset === null ? config : { ...PRESETS[preset].config, preset }),
    // The cell has to be one of the space's.
    space: config.space,
    name: name.slice(0, LONGEST_NAME),
    dataset,
    preset: preset ?? config.preset,
    strategy:
      isUsed && evolution.kind === 'evolution' ? { ...evolution, initial: [architecture] } : strategies[strategy],
  };
}

/** Characters (records/experiment.ts). */
const LONGEST_NAME = 200;

export interface SearchDraft {
  /** What is asked for; null while something of it can't stand. */
  readonly config: ExperimentConfig | null;
  /** The same, whether or not it can stand. */
  readonly draft: unknown;
  /** Why a value can't stand, by its path. */
  readonly problems: ReadonlyMap<string, string>;
}

export function draftOf(standard: ExperimentConfig, edits: ReadonlyMap<string, unknown>): SearchDraft {
  const draft = withEdits(standard, edits);
  const parsed = experimentConfigSchema.safeParse(draft);
  if (parsed.success) return { config: parsed.data, draft, problems: new Map() };
  const problems = new Map<string, string>();
  for (const issue of parsed.error.issues) {
    const path = issue.path.map(String).join('.');
    if (!problems.has(path)) problems.set(path, issueSentence(issue));
  }
  return { config: null, draft, problems };
}

/**
 * Paths of the hyper-parameters that an edit made other than they were. Without those that the chosen strategy,
 * optimizer or schedule does not have, and those that another kind, chosen later, has replaced with its own values.
 */
export function changedPaths(
  standard: ExperimentConfig,
  draft: unknown,
  edits: ReadonlyMap<string, unknown>,
): ReadonlySet<string> {
  const standing = new Set<string>();
  for (const path of edits.keys()) {
    for (const other of KINDS[path] === undefined ? [] : standing) {
      if (other.startsWith(groupOf(path))) standing.delete(other);
    }
    standing.add(path);
  }
  const isChanged = (path: string): boolean => {
    // Another kind and back brings values of its own, which may not be those of the preset.
    const at = KINDS[path] === undefined ? path : groupOf(path).slice(0, -1);
    return JSON.stringify(valueAt(draft, at)) !== JSON.stringify(valueAt(standard, at));
  };
  // Whatever is wrong with it, it has the shape of a configuration.
  const own = configValues(draft as ExperimentConfig).map(({ path }) => path);
  return new Set(own.filter((path) => standing.has(path) && isChanged(path)));
}

/** `recipe.optimizer.` of `recipe.optimizer.kind`. */
const groupOf = (path: string): string => path.slice(0, path.lastIndexOf('.') + 1);
