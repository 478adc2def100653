import { expect, it, onTestFinished } from 'vitest';
import { type EndSignalOptions, hearEndSignals } from '../../src/main/end-signals.ts';

type Sent = readonly [atMs: number, signal: NodeJS.Signals];

/** What a program makes of signals at these times. */
function meaningOf(sent: readonly Sent[], options: EndSignalOptions): string[] {
  const before = new Set(['SIGINT', 'SIGTERM', 'SIGHUP'].flatMap((signal) => process.listeners(signal as 'SIGINT')));
  const heard: string[] = [];
  let nowMs = 0;
  const release = hearEndSignals(
    { first: (signal) => heard.push(`first ${signal}`), again: (signal) => heard.push(`again ${signal}`) },
    { ...options, now: () => nowMs },
  );
  onTestFinished(release);
  for (const [atMs, signal] of sent) {
    nowMs = atMs;
    // As they come from the system, but past the listeners of whoever runs the tests.
    for (const listener of process.listeners(signal)) if (!before.has(listener)) listener(signal);
  }
  release();
  return heard;
}

const SERVICE = { isTerminal: false };
const TERMINAL = { isTerminal: true };

it('takes what a process group and its parents are told at once as one wish', () => {
  const thrice: Sent[] = [0, 3, 40].map((atMs) => [atMs, 'SIGTERM']);
  expect(meaningOf(thrice, SERVICE)).toEqual(['first SIGTERM']);
  expect(meaningOf(thrice, TERMINAL)).toEqual(['first SIGTERM']);
  const interrupts: Sent[] = [0, 3].map((atMs) => [atMs, 'SIGINT']);
  expect(meaningOf(interrupts, SERVICE)).toEqual(['first SIGINT']);
});

it('hears a second Ctrl-C of a terminal at once, whatever came first', () => {
  expect(
    meaningOf(
      [
        [0, 'SIGINT'],
        [150, 'SIGINT'],
      ],
      TERMINAL,
    ),
  ).toEqual(['first SIGINT', 'again SIGINT']);
  expect(
    meaningOf(
      [
        [0, 'SIGTERM'],
        [150, 'SIGINT'],
      ],
      TERMINAL,
    ),
  ).toEqual(['first SIGTERM', 'again SIGINT']);
});

it('hears a later signal as impatience, but for a terminal that is closed', () => {
  const later: Sent[] = [
    [0, 'SIGTERM'],
    [10, 'SIGTERM'],
    [5000, 'SIGHUP'],
    [9000, 'SIGTERM'],
  ];
  expect(meaningOf(later, SERVICE)).toEqual(['first SIGTERM', 'again SIGTERM']);
  expect(
    meaningOf(
      [
        [0, 'SIGHUP'],
        [9000, 'SIGHUP'],
      ],
      SERVICE,
    ),
  ).toEqual(['first SIGHUP']);
});

it('still waits for the same signal when all was saved before that came', async () => {
  const before = process.listeners('SIGTERM');
  const heard: string[] = [];
  const release = hearEndSignals({ first: () => heard.push('first'), again: () => heard.push('again') }, SERVICE);
  const [listener] = process.listeners('SIGTERM').filter((one) => !before.includes(one));
  listener?.('SIGTERM');
  release();
  expect(process.listeners('SIGTERM')).toContain(listener);
  listener?.('SIGTERM');
  expect(heard).toEqual(['first']);
  await expect.poll(() => process.listeners('SIGTERM'), { timeout: 5000 }).not.toContain(listener);
});

it('leaves no listener behind', () => {
  const count = (): number => process.listenerCount('SIGTERM');
  const before = count();
  const release = hearEndSignals({ first: () => undefined, again: () => undefined });
  expect(count()).toBe(before + 1);
  release();
  expect(count()).toBe(before);
});
