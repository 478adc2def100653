import { describe, expect, it } from 'vitest';
import { EventFeed } from '../../src/main/workbench/event-feed.ts';
import type { Handlers, WorkbenchEvent } from '../../src/shared/contract.ts';
import { WorkbenchClient } from '../../src/shared/rpc/client.ts';
import { type Connection, connectInProcess, type Position } from '../../src/shared/rpc/connection.ts';
import { serveConnection } from '../../src/shared/rpc/server.ts';
import { WorkbenchError } from '../../src/shared/workbench-error.ts';

/** A way to carry messages: two ends that are connected, and the end of both. */
export interface Carrier {
  readonly name: string;
  connect(): Promise<{ client: Connection; server: Connection; close: () => void }>;
}

const CARRIERS: readonly Carrier[] = [{ name: 'in process', connect: async () => connectInProcess() }];

const notice = (message: string): WorkbenchEvent => ({
  name: 'log.added',
  payload: { at: '2030-01-02T03:04:05.678Z', level: 'info', experiment: null, trial: null, message },
});
const said = (events: readonly WorkbenchEvent[]) =>
  events.map((event) => (event.name === 'log.added' ? event.payload.message : event.name));

/** Long enough for messages that are under way, on any carrier of one machine. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

for (const carrier of CARRIERS) {
  describe(carrier.name, () => {
    const open = async (
      some: Partial<Handlers> = {},
      feed = new EventFeed('feed', 4),
      after: Position | null = null,
    ) => {
      const ends = await carrier.connect();
      const unexpected: { procedure: string; error: unknown }[] = [];
      serveConnection(ends.server, {
        handlers: some as Handlers,
        events: feed,
        onUnexpected: (procedure, error) => unexpected.push({ procedure, error }),
      });
      return { ...ends, client: new WorkbenchClient(ends.client, after), raw: ends.client, feed, unexpected };
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
        const { raw } = await open();
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
      await settled();
      caller.abort();
      await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    });

    it('carries events in their order, from the subscription on', async () => {
      const { client, feed } = await open();
      feed.publish(notice('before'));
      const heard: WorkbenchEvent[] = [];
      const { gap } = await client.subscribe((event) => heard.push(event));
      for (const message of ['one', 'two', 'three']) feed.publish(notice(message));
      await settled();
      expect(gap).toBe(false);
      expect(said(heard)).toEqual(['one', 'two', 'three']);
      expect(client.position).toEqual({ feed: 'feed', sequence: 4 });
    });

    it('catches up after a break without a loss or a repetition', async () => {
      const first = await open();
      const heard: WorkbenchEvent[] = [];
      await first.client.subscribe((event) => heard.push(event));
      first.feed.publish(notice('one'));
      await settled();
      first.close();
      first.feed.publish(notice('two'));
      first.feed.publish(notice('three'));
      const second = await open({}, first.feed, first.client.position);
      const { gap } = await second.client.subscribe((event) => heard.push(event));
      first.feed.publish(notice('four'));
      await settled();
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
        await settled();
        expect(heard).toEqual([]);
        expect(client.position).toEqual({ feed: 'feed', sequence: 6 });
      }
      const { client } = await open({}, feed, { feed: 'feed', sequence: 2 });
      const heard: WorkbenchEvent[] = [];
      expect((await client.subscribe((event) => heard.push(event))).gap).toBe(false);
      await settled();
      expect(said(heard)).toEqual(['2', '3', '4', '5']);
    });

    it('rejects what is under way when the connection is lost, and what comes after', async () => {
      let aborted = false;
      const { client, close } = await open({
        'system.doctor': (_input, signal) =>
          new Promise(() => {
            signal.addEventListener('abort', () => {
              aborted = true;
            });
          }),
      });
      const call = client.call('system.doctor', {});
      await settled();
      close();
      await expect(call).rejects.toMatchObject({ code: 'unavailable' });
      await expect(client.call('experiment.list', {})).rejects.toMatchObject({ code: 'unavailable' });
      expect(aborted).toBe(true);
    });
  });
}
