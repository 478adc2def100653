import { expect, it } from 'vitest';
import { exportRows, rowsToCsv, rowsToTsv } from '../../../src/renderer/state/leaderboard-files.ts';
import type { Session } from '../../../src/renderer/state/session.ts';
import type { LeaderboardRow } from '../../../src/shared/records/leaderboard.ts';
import { answer, makeRow, rowsOf } from './leaderboard-samples.ts';

const QUERY = {
  mode: 'trials',
  filter: 'reward>0.1',
  sort: { column: 'reward', isAscending: false },
  isTrash: false,
} as const;

const cells = (csv: string): string[][] =>
  csv
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));

it('writes every number at full precision and defuses formulas', () => {
  const [head, line] = cells(rowsToCsv([makeRow(1, { reward: 0.1 + 0.2, origin: '=cmd()', durationMs: 30_001 })]));
  const value = (name: string) => line![head!.indexOf(name)];
  expect(value('reward')).toBe('0.30000000000000004');
  expect(value('origin')).toBe("'=cmd()");
  expect(value('duration_ms')).toBe('30001');
  expect(value('started_at')).toBe('2026-01-31T14:25:08.000Z');
});

it("writes the epoch of a cell's best accuracy, whichever of its trainings had it", () => {
  const row = makeRow(1, { bestAccuracy: 0.6, bestEpoch: 18 }, { best: 0.7, bestEpoch: 12, trials: 2 });
  const [head, line] = cells(rowsToCsv([row]));
  const value = (name: string) => line![head!.indexOf(name)];
  expect([value('best_accuracy'), value('best_epoch')]).toEqual(['0.7', '12']);
  expect([value('proposals'), value('trials')]).toEqual(['1', '2']);
});

it('names the run beside the trial', () => {
  const [head, own, second] = cells(rowsToCsv([makeRow(17), makeRow(17, { run: 2, purpose: 'repeat', parent: 17 })]));
  expect(head!.slice(0, 4)).toEqual(['rank', 'trial', 'run', 'state']);
  expect([own, second].map((line) => line!.slice(1, 3))).toEqual([
    ['17', '1'],
    ['17', '2'],
  ]);
});

it('quotes commas, quotes and line ends in the notes of people', () => {
  const note = 'odd, "very"\nodd';
  const csv = rowsToCsv([makeRow(1, {}, { labels: { isStarred: true, note, tags: ['a', 'b'] } })]);
  expect(csv).toContain(',true,a;b,"odd, ""very""\nodd",');
});

it('copies rows as tab-separated lines without tabs of their own', () => {
  const columns = [
    { title: 'Trial', text: ({ trial }: LeaderboardRow) => String(trial.trial) },
    { title: 'Note', text: ({ labels }: LeaderboardRow) => labels.note },
  ];
  const row = makeRow(3, {}, { labels: { isStarred: false, note: '=a\tb', tags: [] } });
  expect(rowsToTsv([row], columns)).toBe("Trial\tNote\n3\t'=a b\n");
});

/** Answers like a store whose rows move once, between the first reading and the second. */
function movingStore(rows: LeaderboardRow[], move: (rows: LeaderboardRow[]) => LeaderboardRow[]) {
  let stored = rows;
  let reads = 0;
  const call = (_: string, input: { offset: number; limit: number; filter: string }) => {
    if (input.filter === '') return Promise.resolve(answer([], 9_999));
    const page = answer(stored.slice(input.offset, input.offset + input.limit), stored.length);
    if (++reads === 1) stored = move(stored);
    return Promise.resolve(page);
  };
  return { call } as unknown as Pick<Session, 'call'>;
}

it('reads all pages and tells how far it is', async () => {
  const parts: number[] = [];
  const store = movingStore(rowsOf(1, 2_500), (rows) => rows);
  const file = await exportRows(store, 1, QUERY, 'json', (part) => parts.push(part));
  const read = JSON.parse(file.parts.join('')) as LeaderboardRow[];
  expect(read.map(({ trial }) => trial.trial)).toEqual(Array.from({ length: 2_500 }, (_, index) => index + 1));
  expect(parts).toEqual([0.4, 0.8, 1]);
  expect([file.rows, file.all]).toEqual([2_500, 9_999]);
});

it('reads once more when rows moved meanwhile, so that each is there once', async () => {
  const store = movingStore(rowsOf(1, 1_500), (rows) => [makeRow(9_000), ...rows]);
  const file = await exportRows(store, 1, QUERY, 'csv', () => undefined);
  const numbers = cells(file.parts.join(''))
    .slice(1)
    .map(([, trial]) => Number(trial));
  expect(numbers).toHaveLength(1_501);
  expect(new Set(numbers).size).toBe(1_501);
});

it('writes an empty list as a file that is still one', async () => {
  const file = await exportRows(
    movingStore([], (rows) => rows),
    1,
    QUERY,
    'json',
    () => undefined,
  );
  expect(JSON.parse(file.parts.join(''))).toEqual([]);
});
