import { expect, it, onTestFinished, vi } from 'vitest';
import { EventFeed } from '../../../src/main/workbench/event-feed.ts';
import { type Host, NotAuthorisedError } from '../../../src/renderer/host/host.ts';
import { EXPERIMENTS } from '../../../src/renderer/state/resource.ts';
import { Session } from '../../../src/renderer/state/session.ts';
import { CONTRACT_VERSION, type Handlers, PROCEDURES } from '../../../src/shared/contract.ts';
import { type Connection, connectInProcess } from '../../../src/shared/rpc/connection.ts';
import { serveConnection } from '../../../src/shared/rpc/server.ts';
import { makeExperiment } from '../../main/terminal/records.ts';

/** A workbench that can be lost and found again, with one experiment whose state it tells. */
function losableWorkbench() {
  let feed = new EventFeed('first');
  let experiment = makeExperiment();
  let close: () => void = () => undefined;
  let isDown = false;
  let isMute = false;
  let isFrozen = false;
  let version = CONTRACT_VERSION;
  let opened = 0;
  const reads: string[] = [];
  const names = Object.keys(PROCEDURES);
  const handlers = Object.fromEntries(
    names.map((name) => [
      name,
      () => {
        reads.push(name);
        return isMute ? new Promise(() => undefined) : [experiment];
      },
    ]),
  ) as unknown as Handlers;
  const host: Host = {
    kind: 'browser',
    onCommand: () => () => undefined,
    open: async () => {
      if (isDown) throw new Error('The workbench does not answer.');
      opened++;
      const connection = connectInProcess();
      serveConnection(connection.server, { handlers, events: feed, onUnexpected: () => undefined, version });
      close = connection.close;
      return freezable(connection.client, () => isFrozen);
    },
  };
  return {
    host,
    reads,
    opened: () => opened,
    /** Lets nothing through any more, and says nothing of an end. */
    freeze: (isSo: boolean) => {
      isFrozen = isSo;
    },
    /** Takes another version's place from the next connection on. */
    speak: (other: number) => {
      version = other;
    },
    lose: () => {
      isDown = true;
      close();
    },
    /** Whether it leaves what is asked without an answer. */
    mute: (isSo: boolean) => {
      isMute = isSo;
    },
    /** With another feed, as after a restart, when asked. */
    find: (isRestarted: boolean) => {
      if (isRestarted) feed = new EventFeed('second');
      isDown = false;
    },
    change: (state: 'running' | 'paused' | 'completed') => {
      experiment = makeExperiment({ state });
      feed.publish({ name: 'experiment.changed', payload: experiment });
    },
  };
}

/** A line that carries nothing while it is frozen. */
function freezable(end: Connection, isFrozen: () => boolean): Connection {
  return {
    send: (message) => {
      if (!isFrozen()) end.send(message);
    },
    onMessage: (listener) =>
      end.onMessage((message) => {
        if (!isFrozen()) listener(message);
      }),
    onClose: (listener) => end.onClose(listener),
    close: () => end.close(),
  };
}

async function openSession(workbench: ReturnType<typeof losableWorkbench>): Promise<Session> {
  const session = new Session(workbench.host, (draw) => void setTimeout(draw));
  session.want(EXPERIMENTS);
  void session.run();
  await vi.waitFor(() => expect(stateOf(session)).toBe('running'));
  return session;
}

const stateOf = (session: Session) => session.getSnapshot().state.experiments?.get(1)?.state;
const statusOf = (session: Session) => session.getSnapshot().status.kind;

it('hears after a lost connection what happened meanwhile, without reading again', async () => {
  const workbench = losableWorkbench();
  const session = await openSession(workbench);
  workbench.change('paused');
  await vi.waitFor(() => expect(stateOf(session)).toBe('paused'));
  workbench.lose();
  await vi.waitFor(() => expect(statusOf(session)).toBe('lost'));
  workbench.change('completed');
  workbench.find(false);
  session.retry();
  await vi.waitFor(() => expect(stateOf(session)).toBe('completed'));
  expect(statusOf(session)).toBe('connected');
  expect(workbench.reads).toEqual(['experiment.list']);
  await vi.waitFor(() => expect(session.getSnapshot().status).toEqual({ kind: 'connected', caughtUp: 1 }));
});

it('reads everything again when the workbench was restarted', async () => {
  const workbench = losableWorkbench();
  const session = await openSession(workbench);
  workbench.lose();
  workbench.change('paused');
  workbench.find(true);
  await vi.waitFor(() => expect(stateOf(session)).toBe('paused'), { timeout: 5000 });
  expect(workbench.reads).toEqual(['experiment.list', 'experiment.list']);
});

it('reads again what a restarted workbench had not answered when the line was lost once more', async () => {
  const workbench = losableWorkbench();
  const session = await openSession(workbench);
  workbench.lose();
  workbench.change('paused');
  workbench.mute(true);
  workbench.find(true);
  session.retry();
  await vi.waitFor(() => expect(workbench.reads).toHaveLength(2), { timeout: 5000 });
  workbench.lose();
  await vi.waitFor(() => expect(statusOf(session)).toBe('lost'));
  workbench.mute(false);
  workbench.find(false);
  session.retry();
  await vi.waitFor(() => expect(stateOf(session)).toBe('paused'), { timeout: 5000 });
});

it('reads again what was let go and not answered when the line was lost', async () => {
  const workbench = losableWorkbench();
  const session = await openSession(workbench);
  workbench.mute(true);
  for (let count = 0; count < 3_000; count++) workbench.change('paused');
  await vi.waitFor(() => expect(workbench.reads).toHaveLength(2));
  workbench.lose();
  await vi.waitFor(() => expect(statusOf(session)).toBe('lost'));
  workbench.mute(false);
  workbench.find(false);
  session.retry();
  await vi.waitFor(() => expect(stateOf(session)).toBe('paused'), { timeout: 5000 });
});

it('takes a line that falls silent for lost, and goes on over a new one', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const workbench = losableWorkbench();
  const session = await openSession(workbench);
  workbench.freeze(true);
  workbench.change('paused');
  await vi.advanceTimersByTimeAsync(9_000);
  expect(statusOf(session)).toBe('connected');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(statusOf(session)).toBe('lost');
  // A new connection over the same line is as silent, and is given up as well.
  await vi.advanceTimersByTimeAsync(60_000);
  expect(statusOf(session)).toBe('lost');
  expect(workbench.opened()).toBeGreaterThan(2);
  workbench.freeze(false);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(statusOf(session)).toBe('connected');
  expect(stateOf(session)).toBe('paused');
});

it('keeps a connection over which nothing happens', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const workbench = losableWorkbench();
  const session = await openSession(workbench);
  const statuses = new Set<string>();
  session.subscribe(() => statuses.add(statusOf(session)));
  await vi.advanceTimersByTimeAsync(600_000);
  workbench.change('paused');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(stateOf(session)).toBe('paused');
  expect([...statuses]).toEqual(['connected']);
  expect(workbench.opened()).toBe(1);
});

it('lets events go that a hidden window would only pile up, and reads afresh when it is shown', async () => {
  const workbench = losableWorkbench();
  const frames: (() => void)[] = [];
  const session = new Session(workbench.host, (draw) => frames.push(draw));
  session.want(EXPERIMENTS);
  const heard = { events: 0, afresh: 0 };
  session.listen({
    events: (events) => {
      heard.events += events.length;
    },
    afresh: () => {
      heard.afresh++;
    },
  });
  void session.run();
  await vi.waitFor(() => expect(stateOf(session)).toBe('running'));
  expect(heard).toEqual({ events: 0, afresh: 1 });
  for (let count = 0; count < 5_000; count++) workbench.change('paused');
  workbench.change('completed');
  await vi.waitFor(() => expect(frames).toHaveLength(1));
  // Time for all events to arrive; no frame is drawn while the window is hidden.
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(stateOf(session)).toBe('running');
  frames[0]?.();
  await vi.waitFor(() => expect(stateOf(session)).toBe('completed'));
  expect(heard).toEqual({ events: 0, afresh: 2 });
  expect(workbench.reads).toEqual(['experiment.list', 'experiment.list']);
});

it('stops trying when the workbench refuses this page', async () => {
  let tries = 0;
  const host: Host = {
    kind: 'browser',
    onCommand: () => () => undefined,
    open: () => {
      tries++;
      return Promise.reject(new NotAuthorisedError('no'));
    },
  };
  const session = new Session(host, (draw) => draw());
  await session.run();
  expect(statusOf(session)).toBe('refused');
  expect(tries).toBe(1);
});

it('refuses a call in a sentence while there is no connection', async () => {
  const workbench = losableWorkbench();
  const session = new Session(workbench.host, (draw) => draw());
  await expect(session.call('experiment.list', {})).rejects.toThrow('not connected');
});

it('says that the workbench is of another version, asks it nothing, and goes on once it is of the own one', async () => {
  const workbench = losableWorkbench();
  workbench.speak(CONTRACT_VERSION + 1);
  const session = new Session(workbench.host, (draw) => void setTimeout(draw));
  session.want(EXPERIMENTS);
  void session.run();
  await vi.waitFor(() => expect(statusOf(session)).toBe('otherVersion'));
  expect(session.getSnapshot().status).toEqual({
    kind: 'otherVersion',
    sentence: 'This page is older than the workbench that serves it: reload the page.',
  });
  await expect(session.call('experiment.list', {})).rejects.toMatchObject({ code: 'unavailable' });
  expect(workbench.reads).toEqual([]);
  workbench.speak(CONTRACT_VERSION);
  session.retry();
  await vi.waitFor(() => expect(stateOf(session)).toBe('running'));
  expect(statusOf(session)).toBe('connected');
});
