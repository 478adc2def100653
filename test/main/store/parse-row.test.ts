import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { flagColumn, jsonColumn, parseRow } from '../../../src/main/store/parse-row.ts';
import type { Store } from '../../../src/main/store/store.ts';
import type { UpdateReport } from '../../../src/shared/records/controller.ts';
import type { Epoch } from '../../../src/shared/records/run.ts';
import { WorkbenchError } from '../../../src/shared/workbench-error.ts';
import { AT, BY_REWARD, completed, fill, finish, newFolder, openTestStore } from './store-setting.ts';

const REPORT: UpdateReport = {
  update: 1,
  proposals: [1],
  ignored: 0,
  rewards: [0.5],
  advantages: [0],
  baseline: 0.5,
  meanEntropy: 0,
  maximumEntropy: 1.5,
  // The mean of twenty ones.
  meanProbabilities: [[Array.from({ length: 20 }, () => 1 / 20).reduce((sum, part) => sum + part, 0), 0]],
  ratio: { p5: 1, p50: 1, p95: 1 },
  clipFraction: 0,
  divergence: 0,
  gradientNorm: 0,
  epochs: 1,
  skippedEpochs: 0,
};

const EPOCH: Epoch = {
  epoch: 1,
  trainingLoss: 1,
  trainingAccuracy: 0.5,
  validationLoss: 1,
  validationAccuracy: 0.5,
  learningRate: 0.1,
  dropPathKeep: 1,
  durationMs: 10,
};

async function damaged(statement: string): Promise<Store> {
  const folder = newFolder();
  const { store } = openTestStore(folder);
  fill(store, 2);
  finish(store, 1, completed(0.5));
  const sizes = { height: 8, width: 8, channels: 3, classes: 2 };
  store.datasets.add(1, { name: 'small', version: 1, identity: '0'.repeat(64), ...sizes });
  store.epochs.add(1, EPOCH);
  store.attempts.begin({ run: 1, epoch: 1 }, 8, AT);
  const file = { file: 'checkpoints/2', sizeBytes: 1, sha256: '0'.repeat(64) };
  store.checkpoints.add({ run: 2, leaseEpoch: 1, step: 1, ...file }, AT);
  const weights = { hash: 'a'.repeat(64), kind: 'weights', mediaType: 'none/none', sizeBytes: 1 } as const;
  store.artifacts.add({ ...weights, createdAt: AT });
  store.labels.set(1, 'hash 1', { isStarred: true, note: 'odd', tags: ['paper'] });
  store.views.save({ name: 'mine', columns: [], mode: 'cells', filter: '', sort: BY_REWARD.sort });
  store.updates.add(1, 1, REPORT, Uint8Array.of(1), AT);
  store.log.add({ at: AT, level: 'info', experiment: 1, trial: null, message: 'begun' });
  await store.close();
  const database = new SQLite(join(folder, 'cellwright.db'));
  expect(database.prepare(statement).run().changes).toBe(1);
  database.close();
  return openTestStore(folder).store;
}

const READINGS: readonly [statement: string, read: (store: Store) => unknown, told: string][] = [
  [
    `UPDATE named_views SET view = json_remove(view, '$.sort')`,
    (store) => store.views.list(),
    'its table named_views has a row that can\'t be read (the view "mine": view.sort:',
  ],
  [
    `UPDATE cell_labels SET tags = '{"paper": 1}'`,
    (store) => store.labels.get(1, 'hash 1'),
    "its table cell_labels has a row that can't be read (experiment 1, cell hash 1: tags:",
  ],
  [
    `UPDATE leaderboard SET tags = '[7]' WHERE trial = 1 AND is_cell = 0`,
    (store) => store.leaderboard.read(1, BY_REWARD, 0, 10),
    "its table leaderboard has a row that can't be read (experiment 1, trial 1: tags.0:",
  ],
  [
    `UPDATE leaderboard SET operation_uses = '12' WHERE trial = 1 AND is_cell = 0`,
    (store) => store.aggregates.operations(1, []),
    "its table leaderboard has a row that can't be read (experiment 1, trial 1: ",
  ],
  [
    `UPDATE controller_updates SET report = json_set(report, '$.meanProbabilities[0][0]', 'much')`,
    (store) => store.updates.reports(1),
    "its table controller_updates has a row that can't be read (experiment 1, update 1: report.meanProbabilities:",
  ],
  [
    `UPDATE log SET at = 'yesterday'`,
    (store) => store.log.list(null, null, 10),
    "its table log has a row that can't be read (the entry of yesterday: at:",
  ],
  [
    `UPDATE experiment_datasets SET identity = 'none'`,
    (store) => store.datasets.get(1),
    "its table experiment_datasets has a row that can't be read (experiment 1: identity:",
  ],
  [
    `UPDATE trials SET queued_at = 'yesterday' WHERE trial = 1`,
    (store) => store.trials.get(1, 1),
    "its table trials has a row that can't be read (experiment 1, trial 1: queuedAt:",
  ],
  [
    `UPDATE runs SET queued_at = 'yesterday' WHERE run = 1`,
    (store) => store.runs.get(1),
    "its table runs has a row that can't be read (run 1: queuedAt:",
  ],
  [
    `UPDATE run_settings SET spec = json_remove(spec, '$.splitSeed')`,
    (store) => store.runs.spec(1),
    "its table runs has a row that can't be read (run 1: splitSeed:",
  ],
  [
    `UPDATE epochs SET duration_ms = -1`,
    (store) => store.epochs.list(1),
    "its table epochs has a row that can't be read (run 1: durationMs:",
  ],
  [
    `UPDATE attempts SET started_at = 'yesterday'`,
    (store) => store.attempts.list(1),
    "its table attempts has a row that can't be read (run 1: startedAt:",
  ],
  [
    `UPDATE checkpoints SET step = -1`,
    (store) => store.checkpoints.newestFirst(2),
    "its table checkpoints has a row that can't be read (run 2: step:",
  ],
  [
    `UPDATE artifacts SET kind = 'picture'`,
    (store) => store.artifacts.get('a'.repeat(64)),
    "its table artifacts has a row that can't be read (the file aaaa",
  ],
];

it('refuses what another program wrote into a row, and names table and row', async () => {
  for (const [statement, read, told] of READINGS) {
    const store = await damaged(statement);
    expect(() => read(store), statement).toThrow(WorkbenchError);
    expect(() => read(store), statement).toThrow(expect.objectContaining({ code: 'corrupt' }));
    expect(() => read(store), statement).toThrow(told);
  }
});

it('gives back what was stored, a mean that lies a rounding above 1 too', async () => {
  const store = await damaged(`UPDATE log SET message = 'goes on'`);
  expect(REPORT.meanProbabilities[0]?.[0]).toBeGreaterThan(1);
  expect(store.updates.reports(1)).toEqual([REPORT]);
  expect(store.labels.get(1, 'hash 1')).toEqual({ isStarred: true, note: 'odd', tags: ['paper'] });
  expect(store.views.list().map(({ name }) => name)).toEqual(['mine']);
  expect(store.log.list(null, null, 1)[0]?.message).toBe('goes on');
  expect(store.leaderboard.read(1, BY_REWARD, 0, 1).rows[0]?.labels.tags).toEqual(['paper']);
});

it('reads columns that hold JSON and flags, and names what is wrong in them', () => {
  const schema = z.strictObject({ isKept: flagColumn, sizes: jsonColumn(z.array(z.int())) });
  expect(parseRow(schema, { isKept: 1, sizes: '[1, 2]' }, 'things', 'thing 1')).toEqual({
    isKept: true,
    sizes: [1, 2],
  });
  for (const [value, told] of [
    [{ isKept: 2, sizes: '[]' }, 'thing 1: isKept: '],
    [{ isKept: 0, sizes: '[1' }, 'thing 1: sizes: it is not JSON'],
    [{ isKept: 0, sizes: '[1.5]' }, 'thing 1: sizes.0: '],
    [undefined, 'thing 1: '],
  ] as const) {
    expect(() => parseRow(schema, value, 'things', 'thing 1')).toThrow(told);
  }
});
