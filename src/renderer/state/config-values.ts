import type { ExperimentConfig } from '../../shared/records/experiment.ts';
import { KINDS } from './config-choices.ts';

/** One value of a configuration by its path, such as `recipe.epochs`. */
export interface ConfigValue {
  readonly path: string;
  readonly value: unknown;
}

const HIDDEN = new Set(['name', 'dataset', 'preset']);

/** Every hyper-parameter of a search in the order of its configuration; lists are one value. */
export function configValues(config: ExperimentConfig): ConfigValue[] {
  return flatten(config, '').filter(({ path }) => !HIDDEN.has(path));
}

function flatten(value: unknown, path: string): ConfigValue[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [{ path, value }];
  return Object.entries(value).flatMap(([name, part]) => flatten(part, path === '' ? name : `${path}.${name}`));
}

/**
 * The configuration with some values replaced by their paths, in the order they were set. Another kind of optimizer or
 * schedule brings its own values; a path that the configuration does not have changes nothing.
 */
export function withEdits(config: ExperimentConfig, edits: ReadonlyMap<string, unknown>): unknown {
  let edited: unknown = config;
  for (const [path, value] of edits) {
    const kind = KINDS[path]?.[String(value)];
    const [at, put] = kind === undefined ? [path, value] : [path.slice(0, path.lastIndexOf('.')), kind];
    edited = replaceAt(edited, at.split('.'), put);
  }
  return edited;
}

function replaceAt(value: unknown, [name, ...rest]: readonly string[], put: unknown): unknown {
  if (name === undefined) return put;
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return value;
  return { ...value, [name]: replaceAt((value as Record<string, unknown>)[name], rest, put) };
}

/** The value at a path; undefined where there is none. */
export function valueAt(config: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((part, name) => {
    return part !== null && typeof part === 'object' ? (part as Record<string, unknown>)[name] : undefined;
  }, config);
}

/** A value in words: lists by their length and contents. */
export function valueWords(value: unknown): string {
  if (Array.isArray(value)) {
    return value.every((item) => typeof item === 'string') ? value.join(', ') : `${value.length} given`;
  }
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
}
