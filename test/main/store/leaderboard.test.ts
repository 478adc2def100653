import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openDatabase } from '../../../src/main/store/database.ts';
import type { Store } from '../../../src/main/store/store.ts';
import { moment } from '../../../src/renderer/components/words.ts';
import { COLUMNS } from '../../../src/renderer/views/search/leaderboard-columns.ts';
import { parseFilter } from '../../../src/shared/leaderboard/filter.ts';
import { randomUint32, randomUnit } from '../../../src/shared/random.ts';
import { OPERATIONS, PAPER_SPACE } from '../../../src/shared/records/architecture.ts';
import {
  LEADERBOARD_MODES,
  type LeaderboardQuery,
  leaderboardRowSchema,
  operationShareSchema,
  SORT_COLUMNS,
} from '../../../src/shared/records/leaderboard.ts';
import { randomArchitecture } from '../../../src/shared/search-space/decisions.ts';
import { operationsOf, plainRows } from './plain-leaderboard.ts';
import { AT, BY_REWARD, begin, completed, fill, finish, newSpec, newTrial, openTestStore } from './store-setting.ts';

const CELLS = 12;
const NOTES = ['', 'Odd start', 'odd 100% \\ "quoted"', 'look_again', 'Ünïcode'];
const TAGS = [[], ['promising'], ['Promising start', 'x%y'], ['a_b', 'paper']];

const architectureOf = (cell: number) => {
  let draw = 0;
  return randomArchitecture({ ...PAPER_SPACE, blocks: 2 }, () => randomUnit(cell, 1, draw++));
};

/** One thing that happens to the project. */
const eventArbitrary = fc.record({
  trial: fc.nat({ max: 40 }),
  cell: fc.nat({ max: CELLS - 1 }),
  kind: fc.constantFrom(
    'add',
    'add',
    'add',
    'add',
    'repeat',
    'finish',
    'finish',
    'fail',
    'start',
    'cancel',
    'reuse',
    'trash',
    'restore',
    'label',
  ),
  // Sums of eighths are exact, so that means are equal bit for bit however they are added up.
  eighths: fc.nat({ max: 8 }),
});
type Happening = typeof eventArbitrary extends fc.Arbitrary<infer T> ? T : never;

function happen(store: Store, { trial: place, cell, kind, eighths }: Happening): void {
  const all = store.trials.list(1);
  if (kind === 'label') {
    store.labels.set(1, `hash ${cell}`, {
      isStarred: eighths % 2 === 0,
      note: NOTES[eighths % NOTES.length]!,
      tags: TAGS[eighths % TAGS.length]!,
    });
    return;
  }
  if (kind === 'add' || all.length === 0) {
    const trial = store.trials.nextNumber(1);
    const changes = {
      hash: `hash ${cell}`,
      architecture: architectureOf(cell),
      origin: ['update 9', 'update 10', 'Evolved from 7', 'random'][eighths % 4]!,
      batch: 1 + (place % 3),
      seed: 1 + randomUint32(place, eighths),
      trainableParameters: 1_000_000 * (1 + (cell % 4)),
      multiplyAdds: 50_000_000 * (1 + (cell % 5)),
    };
    store.trials.add([newTrial(trial, changes)]);
    return;
  }
  const row = all[place % all.length]!;
  const { trial, run, hash, state } = row;
  const id = store.rows.idOf(1, trial, run);
  if (kind === 'repeat') store.trials.addRepeat(1, trial, newSpec(1 + randomUint32(place, cell), row.architecture), AT);
  if (kind === 'trash' && state !== 'queued' && state !== 'running') store.trials.setTrashed(row, AT);
  if (kind === 'restore') store.trials.setTrashed(row, null);
  if (kind === 'cancel') store.runs.cancel(id, 'Cancelled.', AT);
  if (kind === 'reuse' && state === 'queued' && run === 1) {
    const twin = store.trials.earlierTwin(1, hash, trial);
    if (twin?.state === 'completed') store.trials.reuse(1, trial, twin.trial, AT);
  }
  if (kind !== 'start' && kind !== 'finish' && kind !== 'fail') return;
  const lease = begin(store, trial, { run, at: `2030-01-0${1 + (eighths % 4)}T03:04:05.678Z` });
  if (!lease || kind === 'start') return;
  store.runs.advance(lease, 1, 10, 1000 * eighths);
  const failed = { kind: 'failed', reason: 'crashed', message: 'It crashed.' } as const;
  // The best epoch of a training may lie far above its reward: the best of a cell is not always of the trial it shows.
  const bestAccuracy = ((3 * eighths + place) % 9) / 8;
  const outcome = { kind: 'completed', reward: eighths / 8, bestAccuracy, bestEpoch: 1 + (place % 5) } as const;
  store.runs.finish(lease, { ...completed(0), outcome: kind === 'fail' ? failed : outcome }, AT);
}

const FILTERS = [
  'reward>0.5',
  '-reward>0.5',
  'reward:0.25..0.5,1',
  'best<=75%',
  'params<3M',
  'madds:50M..100M',
  'time>=2s',
  '-time<2s',
  'times>1',
  'trial:3..20',
  'update:1,3',
  '-update:2',
  'seed>100',
  'attempts>1',
  'started:2030-01-02',
  'started>2030-01-01..2030-01-03'.replace('>', ':'),
  '-started<2030-01-03',
  'state:completed,failed',
  '-state:queued',
  'op:sep3,sep5',
  '-op:max7',
  'origin:EVOLVED',
  'origin:"update 1"',
  'hash:"hash 1"',
  'note:odd',
  'note:"100%"',
  'note:"look_"',
  'tag:promising',
  'tag:"x%y"',
  '-tag:paper',
  'star',
  '-star',
  'promis',
  '"_b"',
  '"\\\\"',
  '-update',
  'nothing',
].filter((text) => parseFilter(text).kind === 'ready');

const queryArbitrary = fc.record({
  mode: fc.constantFrom(...LEADERBOARD_MODES),
  filter: fc.array(fc.constantFrom(...FILTERS), { maxLength: 2 }).map((terms) => terms.join(' ')),
  sort: fc.record({ column: fc.constantFrom(...SORT_COLUMNS), isAscending: fc.boolean() }),
  isTrash: fc.nat({ max: 4 }).map((lot) => lot === 0),
});

function termsOf(text: string) {
  const parsed = parseFilter(text);
  if (parsed.kind === 'refused') throw new Error(parsed.sentence);
  return parsed.terms;
}

function expectEqualToPlain(store: Store, query: LeaderboardQuery, offset: number, limit: number): void {
  const trials = store.trials.list(1);
  const labelsOf = (hash: string) => store.labels.get(1, hash);
  const rows = plainRows(trials, labelsOf, query, termsOf(query.filter));
  const page = store.leaderboard.read(1, query, offset, limit);
  expect(page.rows).toEqual(rows.slice(offset, offset + limit));
  expect(page.total).toBe(rows.length);
  const stateless = termsOf(query.filter).filter(({ condition }) => condition.kind !== 'state');
  const counted = plainRows(trials, labelsOf, query, stateless);
  for (const [state, count] of Object.entries(page.counts)) {
    expect(counted.filter(({ trial }) => trial.state === state)).toHaveLength(count);
  }
  const whole = plainRows(trials, labelsOf, { ...BY_REWARD, mode: query.mode }, []);
  const best = whole.find(({ rank }) => rank === 1)?.trial;
  expect(page.best).toEqual(best ? { trial: best.trial, run: best.run } : null);
  for (const row of rows.slice(0, 3)) {
    expect(store.leaderboard.find(1, query, row.trial)).toEqual({ index: rows.indexOf(row), row });
  }
}

describe('the leaderboard in SQL', () => {
  it('equals a plain reading of the trials after any history, for any filter, order, mode and offset', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(eventArbitrary, { minLength: 30, maxLength: 80, size: 'max' }), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.array(fc.tuple(queryArbitrary, fc.nat({ max: 12 }), fc.integer({ min: 1, max: 30 })), {
          minLength: 10,
          maxLength: 30,
          size: 'max',
        }),
        (histories, questions) => {
          const { store } = openTestStore();
          fill(store, 0);
          for (const history of histories) {
            store.transaction(() => {
              for (const happening of history) happen(store, happening);
            });
            for (const [query, offset, limit] of questions) expectEqualToPlain(store, query, offset, limit);
          }
        },
      ),
      { numRuns: 40 },
    );
  }, 120_000);

  it('has rows without a time last in both directions, and finds no time in them', () => {
    const { store } = openTestStore();
    fill(store, 4);
    for (const [trial, durationMs] of [
      [2, 9000],
      [3, 4000],
    ] as const) {
      finish(store, trial, { ...completed(0.5), durationMs });
    }
    store.trials.reuse(1, 1, 2, AT);
    const trials = (isAscending: boolean, filter = '') =>
      store.leaderboard
        .read(1, { ...BY_REWARD, filter, sort: { column: 'time', isAscending } }, 0, 10)
        .rows.map(({ trial }) => trial.trial);
    expect(trials(true)).toEqual([3, 2, 1, 4]);
    expect(trials(false)).toEqual([2, 3, 1, 4]);
    expect(trials(true, 'time<90s')).toEqual([3, 2]);
    expect(trials(true, 'time:0s..5s')).toEqual([3]);
    expect(trials(true, '-time<5s')).toEqual([2, 1, 4]);
  });

  it('shows the time that rows are sorted by, and none where a reward is reused', () => {
    const { store } = openTestStore();
    fill(store, 4);
    for (const [trial, durationMs] of [
      [1, 9000],
      [2, 70_000],
    ] as const) {
      finish(store, trial, { ...completed(0.5), durationMs });
    }
    store.trials.reuse(1, 3, 1, AT);
    store.trials.reuse(1, 4, 1, AT);
    const query = { ...BY_REWARD, sort: { column: 'time', isAscending: true } } as const;
    for (const mode of LEADERBOARD_MODES) {
      const { rows } = store.leaderboard.read(1, { ...query, mode }, 0, 10);
      expect(rows.map((row) => COLUMNS.time.text(row))).toEqual(['0:09', '1:10', '', '']);
    }
  });

  it('finds a row by the day that the started column shows', () => {
    vi.stubEnv('TZ', 'America/New_York');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { store } = openTestStore();
    fill(store, 2);
    begin(store, 1, { at: '2026-02-01T04:30:00.000Z' });
    const startedAt = store.trials.get(1, 1).startedAt ?? '';
    expect(moment(startedAt)).toBe('2026-01-31 23:30');
    const total = (filter: string) => store.leaderboard.read(1, { ...BY_REWARD, filter }, 0, 10).total;
    expect(['started:2026-01-31', 'started:2026-01-31T23:30', 'started:2026-02-01'].map(total)).toEqual([1, 1, 0]);
  });

  it('gives rows as the contract has them, for every column up and down', () => {
    const { store } = openTestStore();
    fill(store, 0);
    store.transaction(() => {
      for (let step = 0; step < 300; step++) {
        const kinds = ['add', 'add', 'repeat', 'finish', 'fail', 'reuse', 'trash', 'label', 'cancel'] as const;
        const random = (stream: number) => randomUint32(5, step, stream);
        const kind = kinds[random(1) % kinds.length]!;
        happen(store, { trial: random(2) % 41, cell: random(3) % CELLS, kind, eighths: random(4) % 9 });
      }
    });
    for (const column of SORT_COLUMNS) {
      for (const isAscending of [true, false]) {
        for (const mode of LEADERBOARD_MODES) {
          const query = { ...BY_REWARD, mode, sort: { column, isAscending } };
          expectEqualToPlain(store, query, 3, 50);
          for (const row of store.leaderboard.read(1, query, 0, 5).rows) leaderboardRowSchema.parse(row);
        }
      }
    }
  });

  it('stays true in the rows of the trials alone, whatever is taken back', async () => {
    const { store, folder } = openTestStore();
    fill(store, 3);
    finish(store, 1, completed(0.5));
    const read = () => store.leaderboard.read(1, BY_REWARD, 0, 10);
    const before = read();
    const failing = (): void =>
      store.transaction(() => {
        finish(store, 2, completed(0.9));
        throw new Error('in the middle');
      });
    expect(failing).toThrow('in the middle');
    expect(read()).toEqual(before);
    store.trials.setTrashed({ experiment: 1, trial: 1, run: 1 }, AT);
    expect(read()).toMatchObject({ total: 2, best: null });
    expect(store.leaderboard.read(1, { ...BY_REWARD, isTrash: true }, 0, 10)).toMatchObject({
      total: 1,
      rows: [{ trial: { trial: 1 }, rank: null, reward: 0.5 }],
    });
    expect(store.experiments.get(1)).toMatchObject({ trashed: 1, best: null });
    store.trials.setTrashed({ experiment: 1, trial: 1, run: 1 }, null);
    expect(read()).toEqual(before);
    await store.close();
    const reopened = openTestStore(folder).store;
    expect(reopened.leaderboard.read(1, BY_REWARD, 0, 10)).toEqual(before);
  });

  it('takes a filter that does not parse for an invalid input, in its sentence', () => {
    const { store } = openTestStore();
    fill(store, 1);
    expect(() => store.leaderboard.read(1, { ...BY_REWARD, filter: 'rewrad>0.6' }, 0, 10)).toThrow(
      expect.objectContaining({ code: 'invalid_input', message: '`rewrad` is no column. Did you mean reward?' }),
    );
  });

  it('answers the longest filters that may be asked', () => {
    const { store } = openTestStore();
    fill(store, 1);
    for (const sign of [' ', ',']) {
      const filter = Array.from({ length: 1000 }, () => 'x').join(sign);
      expect(store.leaderboard.read(1, { ...BY_REWARD, filter }, 0, 10).total).toBe(0);
    }
  });

  it('runs no text of a filter as SQL', () => {
    const { store, folder } = openTestStore();
    fill(store, 2);
    for (const text of [`note:"') OR 1=1 --"`, `"'; DROP TABLE trials; --"`, `tag:"%"`, `hash:"_"`]) {
      expect(store.leaderboard.read(1, { ...BY_REWARD, filter: text }, 0, 10).total).toBe(0);
    }
    const database = openDatabase(join(folder, 'cellwright.db'));
    expect(database.prepare('SELECT count(*) FROM trials').pluck().get()).toBe(2);
    database.close();
  });
});

describe('aggregates', () => {
  /** Trials of random cells: every seventh failed, every eleventh is in the trash. */
  function rewarded(trials: number) {
    const { store } = openTestStore();
    store.transaction(() => {
      fill(store, 0);
      for (let trial = 1; trial <= trials; trial++) {
        store.trials.add([newTrial(trial, { architecture: architectureOf(trial) })]);
        const failed = { kind: 'failed', reason: 'crashed', message: 'It crashed.' } as const;
        const end = completed(randomUint32(1, trial) / 2 ** 32);
        finish(store, trial, trial % 7 === 0 ? { ...end, outcome: failed } : end);
        if (trial % 11 === 0) store.trials.setTrashed({ experiment: 1, trial, run: 1 }, AT);
      }
    });
    const shown = store.trials.list(1).filter(({ trashedAt }) => trashedAt === null);
    return { store, shown, good: shown.filter(({ reward }) => reward !== null) };
  }

  it('scatters the trials with a reward that a filter lets through', () => {
    const { store, good } = rewarded(60);
    const wanted = good.filter(({ reward }) => reward! > 0.5);
    expect(store.aggregates.scatter(1, termsOf('reward>0.5'))).toEqual({
      trial: wanted.map(({ trial }) => trial),
      run: wanted.map(() => 1),
      reward: wanted.map(({ reward }) => reward),
      trainableParameters: wanted.map(({ trainableParameters }) => trainableParameters),
      multiplyAdds: wanted.map(({ multiplyAdds }) => multiplyAdds),
      durationMs: wanted.map(({ durationMs }) => durationMs),
    });
  });

  it('counts operations in the best 25 and in all, with the mean rewards of those with and without', () => {
    const { store, good } = rewarded(90);
    const shares = store.aggregates.operations(1, OPERATIONS);
    const top = good
      .toSorted((one, other) => other.reward! - one.reward!)
      .slice(0, 25)
      .flatMap(operationsOf);
    const all = good.flatMap(operationsOf);
    expect(shares.map(({ operation }) => operation)).toEqual(OPERATIONS);
    for (const share of shares) {
      operationShareSchema.parse(share);
      const { operation } = share;
      const part = (of: readonly string[]) => of.filter((name) => name === operation).length / of.length;
      const having = good.filter((trial) => operationsOf(trial).includes(operation));
      const lacking = good.filter((trial) => !operationsOf(trial).includes(operation));
      expect(share.topShare).toBeCloseTo(part(top), 12);
      expect(share.share).toBeCloseTo(part(all), 12);
      expect([share.having.count, share.lacking.count]).toEqual([having.length, lacking.length]);
      const mean = having.reduce((sum, { reward }) => sum + reward!, 0) / having.length;
      expect(share.having.reward).toBeCloseTo(mean, 12);
    }
  });

  it("draws the paper's figure: failed ones count, trashed ones and repeats do not", () => {
    const { store, shown } = rewarded(80);
    store.trials.addRepeat(1, 80, newSpec(81), AT);
    finish(store, 80, completed(1), 2);
    const curve = store.aggregates.curve(1);
    expect(curve.proposals).toEqual(shown.map((_, index) => index + 1));
    for (const [index, proposals] of curve.proposals.entries()) {
      const best = shown
        .slice(0, proposals)
        .flatMap(({ reward }) => reward ?? [])
        .toSorted((one, other) => other - one);
      const mean = (count: number) => best.slice(0, count).reduce((sum, reward) => sum + reward, 0) / count;
      expect(curve.best[index]).toBe(best[0]);
      if (best.length < 5) expect(curve.top5[index]).toBeNull();
      else expect(curve.top5[index]).toBeCloseTo(mean(5), 12);
      if (best.length < 25) expect(curve.top25[index]).toBeNull();
      else expect(curve.top25[index]).toBeCloseTo(mean(25), 12);
    }
  });

  it('thins a long curve to at most 1,000 points, the last one exact', () => {
    const { store } = rewarded(1503);
    const { proposals, best } = store.aggregates.curve(1);
    expect(proposals.length).toBeLessThanOrEqual(1000);
    expect(proposals.at(-1)).toBe(1503 - Math.floor(1503 / 11));
    expect(best.at(-1)).toBe(store.experiments.get(1).best?.reward);
  });
});
