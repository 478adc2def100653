import type { ExperimentConfig } from '../../shared/records/experiment.ts';

/** One value of a configuration by its path, such as `training.epochs`. */
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

/** The configuration with some values replaced, by path; unknown paths change nothing. */
export function withValues(config: ExperimentConfig, values: ReadonlyMap<string, unknown>): unknown {
  return replace(config, '', values);
}

function replace(value: unknown, path: string, values: ReadonlyMap<string, unknown>): unknown {
  if (values.has(path)) return values.get(path);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, replace(part, path === '' ? name : `${path}.${name}`, values)]),
  );
}

/** A value in words: lists by their length and contents. */
export function valueWords(value: unknown): string {
  if (Array.isArray(value)) {
    return value.every((item) => typeof item === 'string') ? value.join(', ') : `${value.length} given`;
  }
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
}
