import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { EventFeed } from '../../src/main/workbench/event-feed.ts';
import { CONTRACT_VERSION, type Handlers, type WorkbenchEvent } from '../../src/shared/contract.ts';
import { WorkbenchClient } from '../../src/shared/rpc/client.ts';
import type { Position } from '../../src/shared/rpc/connection.ts';
import { serveConnection } from '../../src/shared/rpc/server.ts';
import type { ClientKind } from '../../src/shared/rpc/versions.ts';
import { WorkbenchError } from '../../src/shared/workbench-error.ts';
import { type Carrier, inProcess, overIpc, overWebSocket } from './carriers.ts';

const CARRIERS = { 'in process': inProcess, 'over a WebSocket': overWebSocket, "over Electron's IPC": overIpc };

/** More characters than any message of a client may have. */
const OVERSIZED = 1024 * 1024 + 1;

const notice = (message: string): WorkbenchEvent => ({
  name: 'log.added',
  payload: { at: '2030-01-02T03:04:05.678Z', level: 'info', experiment: null, trial: null, message },
});
const said = (events: readonly WorkbenchEvent[]) =>
  events.map((event) => (event.name === 'log.added' ? event.payload.message : event.name));

/** Messages keep their order both ways: after an answer, all that was sent before it has arrived. */
const settled = (client: WorkbenchClient) => client.call('dataset.list', {});

for (const [name, openCarrier] of Object.entries(CARRIERS)) {
  describe(name, () => {
    let carrier: Carrier;
    beforeAll(async () => {
      carrier = await openCarrier();
    });
    afterAll(() => carrier.close());

    const open = async (
      some: Partial<Handlers> = {},
      feed = new EventFeed('feed', 4),
      after: Position | null = null,
      { page = CONTRACT_VERSION, workbench = CONTRACT_VERSION, by = 'page' as ClientKind } = {},
    ) => {
      const ends = await carrier.connect();
      onTestFinished(ends.close);
      const unexpected: { procedure: string; error: unknown }[] = [];
      serveConnection(ends.server, {
        handlers: { 'dataset.list': () => [], ...some } as Handlers,
        events: feed,
        onUnexpected: (procedure, error) => unexpected.push({ procedure, error }),
        version: workbench,
      });
      const client = new WorkbenchClient(ends.client, { by, after, version: page });
      return { ...ends, client, raw: ends.client, feed, unexpected };
    };

    it('carries a call and its answer', async () => {
      const { client } = await open({
        'controller.updates': ({ experiment }) => (experiment === 3 ? [] : Promise.reject()),
      });
      expect(await client.call('controller.updates', { experiment: 3 })).toEqual([]);
    });

    it('parses every input before a handler sees it', async () => {
      const { client } = await open({ 'experiment.get': () => Promise.reject(new Error('the handler ran')) });
      const wrong = client.call('experiment.get', { experiment: -1 });
      await expect(wrong).rejects.toMatchObject({
        code: 'invalid_input',
        message: expect.stringContaining('experiment'),
      });
      const surplus = { experiment: 1, more: 'than asked for' };
      await expect(client.call('experiment.get', surplus)).rejects.toMatchObject({ code: 'invalid_input' });
    });

    it('carries a refusal with its code and its sentence', async () => {
      const refuse = () => Promise.reject(new WorkbenchError('conflict', 'It runs already.'));
      const { client, unexpected } = await open({ 'experiment.resume': refuse });
      const refused = client.call('experiment.resume', { experiment: 1 });
      await expect(refused).rejects.toBeInstanceOf(WorkbenchError);
      await expect(refused).rejects.toMatchObject({ code: 'conflict', message: 'It runs already.' });
      expect(unexpected).toEqual([]);
    });

    it('says nothing of an unexpected error but that there was one, and logs it whole', async () => {
      const bug = new Error('secret detail');
      const { client, unexpected } = await open({
        'experiment.list': () => {
          throw bug;
        },
      });
      const failed = client.call('experiment.list', {});
      await expect(failed).rejects.toMatchObject({ code: 'internal', message: expect.not.stringContaining('secret') });
      expect(unexpected).toEqual([{ procedure: 'experiment.list', error: bug }]);
    });

    it('refuses a procedure that is not in the contract, also one that every object has', async () => {
      for (const procedure of ['experiment.destroy', 'constructor', '__proto__']) {
        const { client, raw } = await open();
        await settled(client);
        const answer = new Promise((resolve) => raw.onMessage(resolve));
        raw.send({ kind: 'call', id: 1, procedure, input: {} });
        expect(await answer).toMatchObject({ kind: 'error', id: 1, error: { code: 'not_found' } });
      }
    });

    it('outlives messages that are none', async () => {
      const { client, raw } = await open({ 'experiment.list': () => [] });
      for (const message of [null, 7, 'text', [], {}, { kind: 'call' }, { kind: 'call', id: 'x', procedure: 1 }])
        raw.send(message);
      expect(await client.call('experiment.list', {})).toEqual([]);
    });

    it('answers calls in the order in which they are done', async () => {
      let finishFirst: () => void = () => undefined;
      const { client } = await open({
        'controller.updates': async ({ experiment }) => {
          if (experiment === 1) await new Promise<void>((resolve) => (finishFirst = resolve));
          return [];
        },
      });
      const order: number[] = [];
      const first = client.call('controller.updates', { experiment: 1 }).then(() => order.push(1));
      await client.call('controller.updates', { experiment: 2 }).then(() => order.push(2));
      finishFirst();
      await first;
      expect(order).toEqual([2, 1]);
    });

    it('tells a handler that its caller gave up', async () => {
      const { client } = await open({
        'system.doctor': (_input, signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(new WorkbenchError('cancelled', 'Given up.')));
          }),
      });
      const caller = new AbortController();
      const call = client.call('system.doctor', {}, caller.signal);
      const other = client.call('system.doctor', {}, new AbortController().signal);
      await settled(client);
      caller.abort();
      await expect(call).rejects.toMatchObject({ code: 'cancelled' });
      // Only the one that was given up.
      await expect(Promise.race([other, settled(client).then(() => 'goes on')])).resolves.toBe('goes on');
      await expect(client.call('system.doctor', {}, caller.signal)).rejects.toThrow();
    });

    it('carries events in their order, from the subscription on', async () => {
      const { client, feed } = await open();
      feed.publish(notice('before'));
      const heard: WorkbenchEvent[] = [];
      const { gap } = await client.subscribe((event) => heard.push(event));
      for (const message of ['one', 'two', 'three']) feed.publish(notice(message));
      await settled(client);
      expect(gap).toBe(false);
      expect(said(heard)).toEqual(['one', 'two', 'three']);
      expect(client.position).toEqual({ feed: 'feed', sequence: 4 });
    });

    it('answers before the events of what is done after the answer was known', async () => {
      let tags: string[] = ['old'];
      const { client, raw, feed } = await open({
        'leaderboard.tags': () => tags,
        'leaderboard.label': () => {
          tags = ['new'];
          feed.publish(notice('new'));
          return {};
        },
      });
      await client.subscribe(() => undefined);
      const order: unknown[] = [];
      raw.onMessage((message) => {
        const { kind, output } = message as { kind: string; output?: unknown };
        order.push(kind === 'event' ? 'event' : output);
      });
      // Both at once, as when somebody presses a button while the page reads.
      await Promise.all([
        client.call('leaderboard.tags', { experiment: 1 }),
        client.call('leaderboard.label', { experiment: 1, trials: [1], addTags: ['new'] }),
      ]);
      expect(order).toEqual([['old'], 'event', {}]);
    });

    it('catches up after a break without a loss or a repetition', async () => {
      const first = await open();
      const heard: WorkbenchEvent[] = [];
      await first.client.subscribe((event) => heard.push(event));
      first.feed.publish(notice('one'));
      await settled(first.client);
      first.close();
      first.feed.publish(notice('two'));
      first.feed.publish(notice('three'));
      const second = await open({}, first.feed, first.client.position);
      const { gap } = await second.client.subscribe((event) => heard.push(event));
      first.feed.publish(notice('four'));
      await settled(second.client);
      expect(gap).toBe(false);
      expect(said(heard)).toEqual(['one', 'two', 'three', 'four']);
    });

    it('tells of a gap when events are lost, or the workbench was started anew', async () => {
      const feed = new EventFeed('feed', 4);
      for (let count = 0; count < 6; count++) feed.publish(notice(String(count)));
      for (const after of [
        { feed: 'feed', sequence: 1 },
        { feed: 'an earlier start', sequence: 5 },
        { feed: 'feed', sequence: 99 },
      ]) {
        const { client } = await open({}, feed, after);
        const heard: WorkbenchEvent[] = [];
        expect((await client.subscribe((event) => heard.push(event))).gap).toBe(true);
        await settled(client);
        expect(heard).toEqual([]);
        expect(client.position).toEqual({ feed: 'feed', sequence: 6 });
      }
      const { client } = await open({}, feed, { feed: 'feed', sequence: 2 });
      const heard: WorkbenchEvent[] = [];
      expect((await client.subscribe((event) => heard.push(event))).gap).toBe(false);
      await settled(client);
      expect(said(heard)).toEqual(['2', '3', '4', '5']);
    });

    it('goes on after a gap with what happens after it', async () => {
      const feed = new EventFeed('second start', 4);
      const { client } = await open({}, feed, { feed: 'first start', sequence: 7 });
      const heard: WorkbenchEvent[] = [];
      await client.subscribe((event) => heard.push(event));
      feed.publish(notice('after the start'));
      await settled(client);
      expect(said(heard)).toEqual(['after the start']);
      expect(client.position).toEqual({ feed: 'second start', sequence: 1 });
    });

    it('ends what is under way when the connection is lost, and tells nobody any more', async () => {
      let aborted = false;
      const { client, feed, close } = await open({
        'system.doctor': (_input, signal) =>
          new Promise(() => {
            signal.addEventListener('abort', () => {
              aborted = true;
            });
          }),
      });
      const heard: WorkbenchEvent[] = [];
      await client.subscribe((event) => heard.push(event));
      const call = client.call('system.doctor', {});
      call.catch(() => undefined);
      await settled(client);
      close();
      await vi.waitFor(() => expect(aborted).toBe(true));
      feed.publish(notice('too late'));
      if (carrier.isOutlived) {
        await expect(call).rejects.toMatchObject({ code: 'unavailable' });
        await expect(client.call('dataset.list', {})).rejects.toMatchObject({ code: 'unavailable' });
      }
      expect(heard).toEqual([]);
    });

    it('ends for both ends when the client closes it, and answers nothing that was asked', async () => {
      let aborted = false;
      const { client, raw } = await open({
        'system.doctor': (_input, signal) =>
          new Promise(() => {
            signal.addEventListener('abort', () => {
              aborted = true;
            });
          }),
      });
      const call = client.call('system.doctor', {});
      await settled(client);
      raw.close();
      // At once, whatever the other end does.
      const soon = new Promise((resolve) => setImmediate(resolve));
      await expect(Promise.race([call, soon])).rejects.toMatchObject({ code: 'unavailable' });
      await vi.waitFor(() => expect(aborted).toBe(true));
    });

    it('ends for both ends when the server closes it', async () => {
      const { client, server, feed } = await open();
      const heard: WorkbenchEvent[] = [];
      await client.subscribe((event) => heard.push(event));
      const closed = new Promise<void>((resolve) => server.onClose(() => resolve()));
      server.close();
      await closed;
      feed.publish(notice('too late'));
      const call = client.call('dataset.list', {});
      if (carrier.isOutlived) await expect(call).rejects.toMatchObject({ code: 'unavailable' });
      expect(heard).toEqual([]);
    });

    it('gives a sign of life when asked for one', async () => {
      const { client, raw } = await open();
      await settled(client);
      const answers: unknown[] = [];
      raw.onMessage((message) => answers.push(message));
      raw.send({ kind: 'ping' });
      await settled(client);
      expect(answers[0]).toEqual({ kind: 'pong' });
    });

    it('asks nothing of a workbench of another version, and says which of the two is the older one', async () => {
      for (const [page, workbench, by, sentence] of [
        [3, 2, 'page', 'This page is newer than the workbench that serves it: restart the workbench.'],
        [2, 3, 'page', 'This page is older than the workbench that serves it: reload the page.'],
        [3, 2, 'program', expect.stringContaining('This Cellwright is newer than the one that holds the project: end')],
        [
          2,
          3,
          'program',
          expect.stringContaining('This Cellwright is older than the one that holds the project: give'),
        ],
      ] as const) {
        let calls = 0;
        const handlers: Partial<Handlers> = { 'dataset.list': () => Promise.reject(new Error(`call ${++calls}`)) };
        const { client, raw, feed } = await open(handlers, undefined, null, { page, workbench, by });
        const refusal = { code: 'newer_version', message: sentence };
        const heard: WorkbenchEvent[] = [];
        await expect(client.call('dataset.list', {})).rejects.toMatchObject(refusal);
        await expect(client.subscribe((event) => heard.push(event))).rejects.toMatchObject(refusal);
        // Also one that asks all the same gets that answer.
        const answers: unknown[] = [];
        raw.onMessage((message) => answers.push(message));
        raw.send({ kind: 'call', id: 9, procedure: 'dataset.list', input: {} });
        await vi.waitFor(() => expect(answers).toContainEqual(expect.objectContaining({ kind: 'error', id: 9 })));
        expect(answers.at(-1)).toMatchObject({ error: refusal });
        feed.publish(notice('for nobody'));
        expect(calls).toBe(0);
        expect(heard).toEqual([]);
      }
    });

    it('tells a page from before there were versions that it is older', async () => {
      const ends = await carrier.connect();
      onTestFinished(ends.close);
      const events = new EventFeed('feed', 4);
      serveConnection(ends.server, { handlers: {} as Handlers, events, onUnexpected: () => undefined });
      const answers: unknown[] = [];
      ends.client.onMessage((answer) => answers.push(answer));
      ends.client.send({ kind: 'subscribe', id: 1, after: null });
      ends.client.send({ kind: 'call', id: 2, procedure: 'dataset.list', input: {} });
      await vi.waitFor(() => expect(answers).toHaveLength(2));
      const error = { code: 'newer_version', message: expect.stringMatching(/older .* reload the page/) };
      expect(answers).toEqual([
        { kind: 'error', id: 1, error },
        { kind: 'error', id: 2, error },
      ]);
    });

    it('takes a workbench that says no version for the older one', async () => {
      const ends = await carrier.connect();
      onTestFinished(ends.close);
      const asked: unknown[] = [];
      // As one of before: what it doesn't know it leaves without an answer.
      ends.server.onMessage((message) => {
        const { kind } = message as { kind: string };
        if (kind === 'ping') ends.server.send({ kind: 'pong' });
        else if (kind !== 'hello') asked.push(message);
      });
      const client = new WorkbenchClient(ends.client, { by: 'page' });
      await expect(settled(client)).rejects.toMatchObject({
        code: 'newer_version',
        message: expect.stringMatching(/newer .* restart the workbench/),
      });
      expect(asked).toEqual([]);
    });

    it('reads the version of a greeting that a later version says more in', async () => {
      const ends = await carrier.connect();
      onTestFinished(ends.close);
      ends.server.onMessage((message) => {
        if ((message as { kind: string }).kind === 'hello') ends.server.send({ kind: 'hello', version: 1e6, more: [] });
        ends.server.send({ kind: 'pong' });
      });
      const client = new WorkbenchClient(ends.client, { by: 'page' });
      await expect(settled(client)).rejects.toThrow('This page is older than the workbench that serves it');
    });

    it('cancels a call that was given up before the versions were compared', async () => {
      let aborted = 0;
      const { client } = await open({
        'system.doctor': (_input, signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              aborted++;
              reject(new WorkbenchError('cancelled', 'Given up.'));
            });
          }),
      });
      const caller = new AbortController();
      const call = client.call('system.doctor', {}, caller.signal);
      caller.abort();
      await expect(call).rejects.toMatchObject({ code: 'cancelled' });
      expect(aborted).toBe(1);
    });

    it('lets nothing through that is no message of our own page, and goes on', async () => {
      let calls = 0;
      const { client, sendGarbage } = await open({
        'experiment.list': () => {
          calls++;
          return [];
        },
      });
      sendGarbage();
      await settled(client);
      expect(calls).toBe(0);
      await client.call('experiment.list', {});
      expect(calls).toBe(1);
    });

    it('keeps a message that is too large from every handler, and the workbench from it', async () => {
      let calls = 0;
      const handlers: Partial<Handlers> = { 'model.describe': () => Promise.reject(new Error(`call ${++calls}`)) };
      const { raw } = await open(handlers);
      raw.send({ kind: 'call', id: 1, procedure: 'model.describe', input: { more: 'x'.repeat(OVERSIZED) } });
      const { client } = await open(handlers);
      await settled(client);
      expect(calls).toBe(0);
    });

    it('carries text of any script and length as it is', async () => {
      const name = `<b>\u202Egnirts\u202C "quoted" \\ \u0000 \u2028 \ud800 🔬${'y'.repeat(200_000)}`;
      const { client, feed } = await open({
        'trial.cancel': () => Promise.reject(new WorkbenchError('conflict', name)),
      });
      const refused = client.call('trial.cancel', { experiment: 1, trial: 1 });
      await expect(refused).rejects.toMatchObject({ message: name });
      const events: WorkbenchEvent[] = [];
      await client.subscribe((event) => events.push(event));
      feed.publish(notice(name));
      await settled(client);
      expect(said(events)).toEqual([name]);
    });
  });
}
