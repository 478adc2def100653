import { expect, it, onTestFinished, vi } from 'vitest';
import { EventFeed } from '../../../src/main/workbench/event-feed.ts';
import { followResults } from '../../../src/renderer/state/leaderboard-revision.ts';
import { Session } from '../../../src/renderer/state/session.ts';
import { type Handlers, PROCEDURES } from '../../../src/shared/contract.ts';
import { connectInProcess } from '../../../src/shared/rpc/connection.ts';
import { serveConnection } from '../../../src/shared/rpc/server.ts';
import { makeTrial } from '../../main/terminal/records.ts';
import { NO_LABELS } from './leaderboard-samples.ts';

/** What is told of experiment 1, over a real session. */
async function follow() {
  const feed = new EventFeed('first');
  const handlers = Object.fromEntries(Object.keys(PROCEDURES).map((name) => [name, () => []])) as unknown as Handlers;
  const connection = connectInProcess();
  onTestFinished(connection.close);
  serveConnection(connection.server, { handlers, events: feed, onUnexpected: () => undefined });
  const host = {
    kind: 'browser' as const,
    onCommand: () => () => undefined,
    open: () => Promise.resolve(connection.client),
  };
  const session = new Session(host, (draw) => void setTimeout(draw));
  void session.run();
  await vi.waitFor(() => expect(session.getSnapshot().status.kind).toBe('connected'));
  const changed = vi.fn();
  const heard = vi.fn();
  onTestFinished(followResults(session, 1, changed));
  onTestFinished(session.listen({ events: heard, afresh: () => undefined }));
  /** How often a change was told of these events. */
  const changesOf = async (...events: Parameters<EventFeed['publish']>[0][]): Promise<number> => {
    changed.mockClear();
    heard.mockClear();
    for (const event of events) feed.publish(event);
    await vi.waitFor(() => expect(heard.mock.calls.flatMap(([some]) => some)).toHaveLength(events.length));
    return changed.mock.calls.length;
  };
  return { changesOf };
}

const RUNNING = { state: 'running', reward: null, finishedAt: null } as const;

it('moves with repeats that finish, with the trash and with labels, and not with what runs', async () => {
  const { changesOf } = await follow();
  expect(await changesOf({ name: 'trial.changed', payload: makeTrial(3, { batch: null }) })).toBe(1);
  const trashedAt = '2026-01-31T14:26:00.000Z';
  expect(await changesOf({ name: 'trial.changed', payload: makeTrial(3, { trashedAt }) })).toBe(1);
  const labels = { ...NO_LABELS, isStarred: true };
  expect(await changesOf({ name: 'cell.labelled', payload: { experiment: 1, hash: 'a', labels } })).toBe(1);
  expect(await changesOf({ name: 'trial.changed', payload: makeTrial(4, RUNNING) })).toBe(0);
});

it('leaves other experiments out', async () => {
  const { changesOf } = await follow();
  expect(await changesOf({ name: 'trial.changed', payload: makeTrial(3, { experiment: 2 }) })).toBe(0);
  expect(await changesOf({ name: 'cell.labelled', payload: { experiment: 2, hash: 'a', labels: NO_LABELS } })).toBe(0);
});
