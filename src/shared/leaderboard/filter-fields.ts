import { OPERATIONS, type Operation } from '../records/architecture.ts';
import { OPERATION_FACTS } from '../search-space/operation-facts.ts';

/** What the values of a field are, and so what may be asked of it. */
export type FilterKind =
  /** A part of one: `0.6` or `60%`. */
  | 'fraction'
  /** A number that may be large: `3M`. */
  | 'count'
  /** A whole number as it stands. */
  | 'number'
  /** A time: `90s`, `2h`. */
  | 'duration'
  /** A moment, or the beginning of one: `2026-01-31`. By the clock of the machine that the workbench runs on. */
  | 'date'
  | 'state'
  | 'operation'
  | 'text'
  /** Is there or not: it stands alone. */
  | 'flag';

const FIELDS = [
  { name: 'reward', kind: 'fraction', meaning: "the reward, a cell's is its mean", example: 'reward>0.6' },
  { name: 'best', kind: 'fraction', meaning: 'best validation accuracy at any epoch', example: 'best>=61%' },
  { name: 'params', kind: 'count', meaning: 'trainable parameters', example: 'params<3M' },
  { name: 'madds', kind: 'count', meaning: 'multiply-adds for one image', example: 'madds:200M..600M' },
  { name: 'time', kind: 'duration', meaning: 'training time', example: 'time<90s' },
  { name: 'state', kind: 'state', meaning: 'state of the trial', example: 'state:completed,failed' },
  { name: 'op', kind: 'operation', meaning: 'operations that one of both cells has', example: 'op:sep5' },
  { name: 'origin', kind: 'text', meaning: 'where the cell came from', example: 'origin:random' },
  { name: 'times', kind: 'number', meaning: 'times the cell was proposed', example: 'times>1' },
  { name: 'trial', kind: 'number', meaning: 'number of the trial', example: 'trial:100..200' },
  { name: 'update', kind: 'number', meaning: 'update of the controller that learns from it', example: 'update:12..20' },
  { name: 'hash', kind: 'text', meaning: "beginning of the cell's hash", example: 'hash:3fa' },
  { name: 'seed', kind: 'number', meaning: 'seed of the training', example: 'seed:7' },
  { name: 'attempts', kind: 'number', meaning: 'tries to train it', example: 'attempts>1' },
  {
    name: 'started',
    kind: 'date',
    meaning: "when its training began, by the clock of the workbench's machine",
    example: 'started>2026-01-31',
  },
  { name: 'star', kind: 'flag', meaning: 'cells with a star', example: 'star' },
  { name: 'note', kind: 'text', meaning: "words in the cell's note", example: 'note:"odd start"' },
  { name: 'tag', kind: 'text', meaning: 'a tag of the cell', example: 'tag:promising' },
] as const satisfies readonly { name: string; kind: FilterKind; meaning: string; example: string }[];

type Field = (typeof FIELDS)[number];
type FieldName<K extends FilterKind> = Extract<Field, { kind: K }>['name'];
export type NumberField = FieldName<'fraction' | 'count' | 'number' | 'duration'>;
export type DateField = FieldName<'date'>;
export type TextField = FieldName<'text'>;

export interface FilterField {
  readonly name: Field['name'];
  readonly kind: FilterKind;
  readonly meaning: string;
  readonly example: string;
}

/** All that a filter can ask about; words that stand alone are looked for in note, tags, origin and hash. */
export const FILTER_FIELDS: readonly FilterField[] = FIELDS;

export function fieldNamed(name: string): Field | undefined {
  return FIELDS.find((field) => field.name === name.toLowerCase());
}

/** `sep5` for `sep_conv_5x5`, `max7`, `avg3`, `conv1`, `dil3`; `identity` and `conv_1x7` stay. */
export function shortOperation(operation: Operation): string {
  const [, squared] = /^(.+)_(?:\d)x(?:\d)$/.exec(operation) ?? [];
  if (squared === undefined || OPERATION_FACTS[operation].family === 'factorised') return operation.slice(0, 8);
  return `${squared.replace(/_(?:conv|pool)$/, '')}${operation.at(-1)}`;
}

/** Operations by every name that a filter knows: the short and the whole one. */
export const OPERATION_NAMES: ReadonlyMap<string, Operation> = new Map(
  OPERATIONS.flatMap((operation) => [
    [shortOperation(operation), operation],
    [operation, operation],
  ]),
);
