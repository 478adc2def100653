import { expect, it, vi } from 'vitest';
import { EventFeed } from '../../../src/main/workbench/event-feed.ts';
import type { Host } from '../../../src/renderer/host/host.ts';
import { liveTrialsOf } from '../../../src/renderer/state/resource.ts';
import { Session } from '../../../src/renderer/state/session.ts';
import type { Handlers, ProcedureInput } from '../../../src/shared/contract.ts';
import type { Trial } from '../../../src/shared/records/experiment.ts';
import { connectInProcess } from '../../../src/shared/rpc/connection.ts';
import { serveConnection } from '../../../src/shared/rpc/server.ts';
import { makeTrial } from '../../main/terminal/records.ts';

/** A workbench with some trials, one of which ends between the answers to two questions about them. */
function searchThatGoesOn(trials: Trial[], ending: Trial) {
  const feed = new EventFeed('feed');
  const questions: ProcedureInput<'leaderboard.read'>[] = [];
  const read = (input: ProcedureInput<'leaderboard.read'>) => {
    if (questions.push(input) === 2) {
      trials[trials.findIndex(({ trial }) => trial === ending.trial)] = ending;
      feed.publish({ name: 'trial.changed', payload: ending });
    }
    const found = trials.filter(({ state }) => input.filter.includes(state)).map((trial) => ({ trial }));
    return { rows: found, total: found.length };
  };
  const handlers = { 'leaderboard.read': read } as unknown as Handlers;
  const host: Host = {
    kind: 'browser',
    onCommand: () => () => undefined,
    open: async () => {
      const { client, server } = connectInProcess();
      serveConnection(server, { handlers, events: feed, onUnexpected: () => undefined });
      return client;
    },
  };
  return { host, questions };
}

it('shows no trial as running that ended while the trials were read', async () => {
  const running = makeTrial(5, { state: 'running', reward: null, finishedAt: null });
  const { host, questions } = searchThatGoesOn([makeTrial(4), running], makeTrial(5));
  const session = new Session(host, (draw) => void setTimeout(draw));
  session.want(liveTrialsOf(1));
  void session.run();
  await vi.waitFor(() => expect(session.getSnapshot().state.live.get(1)).toBeDefined());
  expect(questions).toHaveLength(2);
  expect([...(session.getSnapshot().state.live.get(1)?.active.keys() ?? [])]).toEqual([]);
});

it('asks for the last finished trials by their numbers, as reused ones never started', async () => {
  const { host, questions } = searchThatGoesOn([makeTrial(1)], makeTrial(1));
  const session = new Session(host, (draw) => void setTimeout(draw));
  session.want(liveTrialsOf(1));
  void session.run();
  await vi.waitFor(() => expect(questions).toHaveLength(2));
  const finished = questions.find(({ filter }) => filter.includes('completed'));
  expect(finished?.sort).toEqual({ column: 'trial', isAscending: false });
});
