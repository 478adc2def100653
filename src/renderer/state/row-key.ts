import type { Trial } from '../../shared/records/experiment.ts';
import { trialName } from '../../shared/trial-name.ts';

/** A run of a trial in addresses, keys and marks of the page: "17", and "17.2" for the second run of trial 17. */
export type RowKey = `${number}` | `${number}.${number}`;

/** A trial, as its own run or another one shows it. */
export type RowId = Pick<Trial, 'trial' | 'run'>;

export const rowKeyOf = ({ trial, run }: RowId): RowKey => (run === 1 ? `${trial}` : `${trial}.${run}`);

export function parseRowKey(key: RowKey): RowId {
  const [trial, run = 1] = key.split('.').map(Number);
  return { trial: trial ?? 0, run };
}

/** What a person or an address wrote, with a point of either kind; null where it names no row. */
export function readRowKey(text: string | null): RowKey | null {
  const [, trial, run = 1] = /^([1-9]\d{0,8})(?:[.·]([1-9]\d{0,3}))?$/.exec(text?.trim() ?? '') ?? [];
  return trial === undefined ? null : rowKeyOf({ trial: Number(trial), run: Number(run) });
}

/** In words: "17", "17·2". */
export const rowName = (key: RowKey): string => trialName(parseRowKey(key));

/** The same of what an address says, which may be nonsense. */
export function nameInAddress(text: string): string {
  const key = readRowKey(text);
  return key === null ? text : rowName(key);
}

/** The screen of a row. */
export const trialAddress = (experiment: number, row: RowId): string =>
  `/experiments/${experiment}/trials/${rowKeyOf(row)}`;
