import { afterEach, expect, it, vi } from 'vitest';
import { EventFeed } from '../../../src/main/workbench/event-feed.ts';
import { LeaderboardSource } from '../../../src/renderer/state/leaderboard-source.ts';
import { type LeaderboardQuery, rowAt } from '../../../src/renderer/state/leaderboard-window.ts';
import { Session } from '../../../src/renderer/state/session.ts';
import { type Handlers, PROCEDURES } from '../../../src/shared/contract.ts';
import type { LeaderboardRow } from '../../../src/shared/records/leaderboard.ts';
import { connectInProcess } from '../../../src/shared/rpc/connection.ts';
import { serveConnection } from '../../../src/shared/rpc/server.ts';
import { trialName } from '../../../src/shared/trial-name.ts';
import { WorkbenchError } from '../../../src/shared/workbench-error.ts';
import { answer, makeRow } from './leaderboard-samples.ts';

const QUERY: LeaderboardQuery = {
  mode: 'trials',
  filter: '',
  sort: { column: 'reward', isAscending: false },
  isTrash: false,
};

const opened: (() => void)[] = [];
afterEach(() => {
  for (const close of opened.splice(0)) close();
});

/** A leaderboard by reward over a real session, and trials that finish when told. */
async function openLeaderboard(rewards: readonly number[]) {
  const feed = new EventFeed('first');
  const rows = new Map<number, LeaderboardRow>(
    rewards.map((reward, index) => [index + 1, makeRow(index + 1, { reward })]),
  );
  const reads: { offset: number; limit: number; filter: string }[] = [];
  const ordered = () => [...rows.values()].sort((one, other) => (other.reward ?? 0) - (one.reward ?? 0));
  let fails = false;
  const read = (input: { offset: number; limit: number; filter: string }) => {
    reads.push(input);
    if (fails) {
      fails = false;
      throw new WorkbenchError('unavailable', 'Not now.');
    }
    const all = input.filter === '' || input.filter === 'hash:all' ? ordered() : ordered().slice(0, 1);
    return answer(all.slice(input.offset, input.offset + input.limit), all.length);
  };
  const handlers = Object.fromEntries(
    Object.keys(PROCEDURES).map((name) => [name, name === 'leaderboard.read' ? read : () => []]),
  ) as unknown as Handlers;
  const connection = connectInProcess();
  serveConnection(connection.server, { handlers, events: feed, onUnexpected: () => undefined });
  const host = {
    kind: 'browser' as const,
    onCommand: () => () => undefined,
    open: () => Promise.resolve(connection.client),
  };
  const session = new Session(host, (draw) => void setTimeout(draw));
  void session.run();
  await vi.waitFor(() => expect(session.getSnapshot().status.kind).toBe('connected'));
  const source = new LeaderboardSource(session, 1);
  opened.push(source.open(), connection.close);
  source.setQuery(QUERY);
  await vi.waitFor(() => expect(order(source).length).toBeGreaterThan(0));
  const finish = (trial: number, reward: number): void => {
    rows.set(trial, makeRow(trial, { reward }));
    feed.publish({ name: 'trial.changed', payload: makeRow(trial, { reward }).trial });
  };
  const failNext = (): void => {
    fails = true;
  };
  return { source, finish, reads, failNext };
}

function order(source: LeaderboardSource): number[] {
  const { window } = source.getSnapshot();
  if (window === null) return [];
  return Array.from({ length: Math.min(window.total, 20) }, (_, index) => rowAt(window, index)?.trial.trial ?? 0);
}

it('reads what is in view and not the whole experiment', async () => {
  const { source, reads } = await openLeaderboard(Array.from({ length: 5_000 }, (_, index) => 1 - index / 10_000));
  expect(source.getSnapshot().window?.total).toBe(5_000);
  source.show(2_500, 2_520);
  await vi.waitFor(() => expect(rowAt(source.getSnapshot().window!, 2_510)?.trial.trial).toBe(2_511));
  expect(reads.reduce((sum, { limit }) => sum + limit, 0)).toBeLessThanOrEqual(500);
});

it('shows a new value at once and the new order within a second', async () => {
  const { source, finish } = await openLeaderboard([0.5, 0.4, 0.3]);
  finish(3, 0.9);
  await vi.waitFor(() => expect(rowAt(source.getSnapshot().window!, 2)?.reward).toBe(0.9));
  expect(order(source)).toEqual([1, 2, 3]);
  await vi.waitFor(() => expect(order(source)).toEqual([3, 1, 2]), { timeout: 3_000 });
});

it('keeps the order while it is held, counts what came, and lets it in when told', async () => {
  const { source, finish } = await openLeaderboard([0.5, 0.4, 0.3]);
  source.hold(true);
  finish(4, 0.8);
  finish(3, 0.9);
  await vi.waitFor(() => expect(source.getSnapshot().waiting).toBe(2));
  // Longer than an order lasts, and than values are read again.
  await new Promise((resolve) => setTimeout(resolve, 2_300));
  expect(order(source)).toEqual([1, 2, 3]);
  await source.admit();
  expect(order(source)).toEqual([3, 4, 1, 2]);
  expect(source.getSnapshot().waiting).toBe(0);
});

it('is in order the moment it has settled, though it is held and the event is still under way', async () => {
  const { source, finish } = await openLeaderboard([0.5, 0.4, 0.3]);
  finish(2, 0.9);
  source.hold(true);
  await source.settle();
  expect(order(source)).toEqual([2, 1, 3]);
});

it('leaves the rows of the query before until those of the next are here, and shows known ones at once', async () => {
  const { source } = await openLeaderboard([0.5, 0.4, 0.3]);
  source.setQuery({ ...QUERY, filter: 'reward>0.45' });
  expect(order(source)).toEqual([1, 2, 3]);
  await vi.waitFor(() => expect(order(source)).toEqual([1]));
  source.setQuery(QUERY);
  expect(order(source)).toEqual([1, 2, 3]);
});

it("takes one training of an opened cell for itself, and a cell's row for all its trials", async () => {
  const { source, reads } = await openLeaderboard([0.5, 0.4, 0.3]);
  source.setQuery({ ...QUERY, mode: 'cells' });
  await vi.waitFor(() => expect(source.getSnapshot().query?.mode).toBe('cells'));
  reads.length = 0;
  const part = makeRow(7, { hash: 'shared' }, { proposals: 3 });
  expect((await source.trialsOf([part, makeRow(7, { run: 2 })])).map(trialName)).toEqual(['7', '7·2']);
  expect(reads).toEqual([]);
  await source.trialsOf([{ ...part, trials: 3 }]);
  expect(reads).toMatchObject([{ mode: 'trials', filter: 'hash:shared' }]);
});

it('opens a cell with all its trials, however many there are', async () => {
  const { source } = await openLeaderboard(Array.from({ length: 2_345 }, (_, index) => 1 - index / 10_000));
  source.setQuery({ ...QUERY, mode: 'cells' });
  await vi.waitFor(() => expect(source.getSnapshot().query?.mode).toBe('cells'));
  await source.openCell('all');
  const { window } = source.getSnapshot().opened!;
  expect([window.total, rowAt(window, 999)?.trial.trial, rowAt(window, 2_344)?.trial.trial]).toEqual([
    2_345, 1_000, 2_345,
  ]);
  expect(await source.trialsOf([makeRow(1, { hash: 'all' }, { trials: 2_345 })])).toHaveLength(2_345);
});

it('shows the cell that was pressed last, whichever is read first', async () => {
  const { source } = await openLeaderboard(Array.from({ length: 2_345 }, (_, index) => 1 - index / 10_000));
  source.setQuery({ ...QUERY, mode: 'cells' });
  await vi.waitFor(() => expect(source.getSnapshot().query?.mode).toBe('cells'));
  await Promise.all([source.openCell('all'), source.openCell('hash-1')]);
  expect(source.getSnapshot().opened?.hash).toBe('hash-1');
  await Promise.all([source.openCell('all'), source.openCell(null)]);
  expect(source.getSnapshot().opened).toBeNull();
});

it('reads an opened cell again only when a trial of it changed', async () => {
  const { source, finish, reads } = await openLeaderboard([0.5, 0.4, 0.3]);
  source.setQuery({ ...QUERY, mode: 'cells' });
  await vi.waitFor(() => expect(source.getSnapshot().query?.mode).toBe('cells'));
  await source.openCell('hash-1');
  const cellReads = () => reads.filter(({ filter }) => filter === 'hash:hash-1').length;
  finish(2, 0.45);
  await source.settle();
  expect(cellReads()).toBe(1);
  finish(1, 0.6);
  await source.settle();
  await vi.waitFor(() => expect(cellReads()).toBe(2));
});

it('keeps a held order after a reading that failed, once the next one succeeds', async () => {
  const { source, finish, failNext } = await openLeaderboard([0.5, 0.4, 0.3]);
  source.hold(true);
  failNext();
  await source.settle();
  expect(source.getSnapshot().error?.code).toBe('unavailable');
  finish(3, 0.9);
  await vi.waitFor(() => expect(source.getSnapshot().error).toBeNull(), { timeout: 4_000 });
  expect(order(source)).toEqual([1, 2, 3]);
});
