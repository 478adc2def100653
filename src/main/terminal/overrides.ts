import type { z } from 'zod';
import { type ExperimentConfig, experimentConfigSchema } from '../../shared/records/experiment.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { closestWord, printable } from './text.ts';

/** One `--set path=value`. */
export interface Override {
  /** Such as `recipe.epochs`. */
  readonly path: string;
  readonly value: unknown;
}

/** Parts that have an option of their own, or that are decided elsewhere. */
const OPTION_INSTEAD: Readonly<Record<string, string>> = {
  name: '--name',
  dataset: '--dataset',
  preset: '--preset',
  seed: '--seed',
  trialsAtOnce: '--trials-at-once',
  'budget.trials': '--trials',
  'budget.timeLimitMs': '--time-limit',
  'strategy.kind': '--strategy',
};

/** Reads `path=value`; the value is JSON where it can be read as such, else text. Throws `invalid_input`. */
export function parseOverride(text: string): Override {
  const at = text.indexOf('=');
  if (at < 1)
    throw new WorkbenchError('invalid_input', `--set ${printable(text)} does not fit: it must be path=value.`);
  return movedOverride({ path: text.slice(0, at).trim(), value: readValue(text.slice(at + 1).trim()) });
}

const OLDER_TRAINING = 'training.';
/** Values that were part of `training` before it fell into a recipe, a subset, limits and a reward rule. */
const MOVED: Readonly<Record<string, (value: unknown) => Override>> = {
  trainingImages: (most) => ({ path: 'subset.training', value: { share: 1, most } }),
  validationImages: (most) => ({ path: 'subset.validation', value: { share: 1, most } }),
  timeLimitMs: (value) => ({ path: 'limits.timeLimitMs', value }),
  reward: (value) => ({ path: 'reward.epoch', value }),
};

/** Command lines that were written down before go on to mean what they meant. */
function movedOverride({ path, value }: Override): Override {
  if (!path.startsWith(OLDER_TRAINING)) return { path, value };
  const name = path.slice(OLDER_TRAINING.length);
  const moved = Object.hasOwn(MOVED, name) ? MOVED[name] : undefined;
  return moved ? moved(value) : { path: `recipe.${name}`, value };
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Plain words need no quotes on a command line.
    return text;
  }
}

/** The configuration with its overrides, checked as a whole; throws `invalid_input` naming path, value and bounds. */
export function overrideConfig(config: ExperimentConfig, overrides: readonly Override[]): ExperimentConfig {
  const changed: unknown = structuredClone(config);
  for (const override of overrides) setAt(changed, override, config);
  const result = experimentConfigSchema.safeParse(changed);
  if (result.success) return result.data;
  throw new WorkbenchError('invalid_input', explainIssue(result.error.issues[0]!, changed, config));
}

function setAt(config: unknown, { path, value }: Override, original: ExperimentConfig): void {
  const instead = OPTION_INSTEAD[path];
  if (instead) throw new WorkbenchError('invalid_input', `${path} has an option of its own: ${instead}.`);
  const keys = path.split('.');
  const last = keys.pop()!;
  let place = config;
  for (const key of keys) place = isObject(place) && Object.hasOwn(place, key) ? place[key] : undefined;
  if (!isObject(place) || last === '__proto__') throw unknownPath(path, original);
  place[last] = value;
}

function explainIssue(issue: z.core.$ZodIssue, config: unknown, original: ExperimentConfig): string {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') return unknownPath([...path, issue.keys[0]!].join('.'), original).message;
  let value = config;
  for (const key of path) value = isObject(value) ? value[key] : undefined;
  const shown = value === undefined ? 'nothing' : printable(JSON.stringify(value));
  const place = path.join('.');
  return `${OPTION_INSTEAD[place] ?? place} ${shown} does not fit: ${issueWords(issue)}.`;
}

const EXPECTED_WORDS: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  string: 'a text',
};

function issueWords(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_small' && issue.origin === 'string') return 'it must not be empty';
  if (issue.code === 'too_small' && issue.origin === 'array') return `it must have ${issue.minimum} or more entries`;
  if (issue.code === 'too_big' && issue.origin === 'string')
    return `it must not be longer than ${issue.maximum} characters`;
  if (issue.code === 'too_small')
    return `it must be ${issue.inclusive === false ? 'more than ' : 'at least '}${issue.minimum}`;
  if (issue.code === 'too_big')
    return `it must be ${issue.inclusive === false ? 'less than ' : 'at most '}${issue.maximum}`;
  if (issue.code === 'invalid_value') return `it must be one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_type') return `it must be ${EXPECTED_WORDS[issue.expected] ?? issue.expected}`;
  return issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
}

function unknownPath(path: string, config: ExperimentConfig): WorkbenchError {
  const known = leafPaths(config).filter((leaf) => !(leaf in OPTION_INSTEAD));
  const meant = closestWord(path, known) ?? known.find((leaf) => leaf.endsWith(`.${path}`)) ?? null;
  const hint = meant ? `Did you mean ${meant}?` : 'All values are listed by `presets <name>`.';
  return new WorkbenchError('invalid_input', `There is no hyper-parameter ${printable(path)}. ${hint}`);
}

/** Every path that `--set` can change, in the order of the record. */
export function leafPaths(value: unknown, prefix = ''): string[] {
  if (!isObject(value) || Array.isArray(value)) return [prefix];
  return Object.entries(value).flatMap(([key, part]) => leafPaths(part, prefix === '' ? key : `${prefix}.${key}`));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
