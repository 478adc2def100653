import { sep } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pageOfLink } from '../../../src/main/electron/deep-link.ts';
import { parseStartArguments } from '../../../src/main/electron/start-arguments.ts';

it.each([
  ['cellwright://experiments/3', '/experiments/3'],
  ['cellwright://experiments/3/', '/experiments/3'],
  ['cellwright://experiments/3/trials/402', '/experiments/3/trials/402'],
  ['cellwright://experiments/3/trials/17.2', '/experiments/3/trials/17.2'],
  ['cellwright://experiments/3/compare?cells=1,2', '/experiments/3/compare?cells=1%2C2'],
  ['cellwright://experiments/3?filter=reward+%3E+0.5&tab=curves', '/experiments/3?filter=reward+%3E+0.5&tab=curves'],
  ['cellwright://experiments/3?', '/experiments/3'],
  ['cellwright://experiments/3?&', '/experiments/3'],
  ['cellwright://experiments/3?q=%3Cimg%20onerror%3D1%3E', '/experiments/3?q=%3Cimg+onerror%3D1%3E'],
])('leads %s to %s', (link, page) => {
  expect(pageOfLink(link)).toBe(page);
});

it.each([
  '',
  'cellwright:',
  'cellwright://',
  'cellwright:experiments/3',
  'cellwright:///experiments/3',
  'CELLWRIGHT://experiments/3',
  'https://experiments/3',
  'cellwright://experiments',
  'cellwright://experiments/',
  'cellwright://experiments/0',
  'cellwright://experiments/-1',
  'cellwright://experiments/1e3',
  'cellwright://experiments/9999999999',
  'cellwright://experiments/3/../../doctor',
  'cellwright://experiments/3/%2e%2e',
  'cellwright://experiments/3//trials/1',
  'cellwright://experiments/3/trials',
  'cellwright://experiments/3/trials/x',
  'cellwright://experiments/3/trials/17.0',
  'cellwright://experiments/3/trials/17.2.1',
  'cellwright://experiments/3\\trials\\1',
  'cellwright://user@experiments/3',
  'cellwright://experiments:80/3',
  'cellwright://experiments/3#code=secret',
  'cellwright://experiments/3?a=1#b',
  'cellwright://experiments/3?a=1?b=2',
  'cellwright://experiments/3?__proto__=1',
  'cellwright://experiments/3?=1',
  'cellwright://doctor',
  'cellwright://evil.example/experiments/3',
  'cellwright://experiments/3\n',
  'cellwright://experiments/3 ',
  'cellwright://experiments/3?a=\u202e',
  `cellwright://experiments/3?q=${'a'.repeat(2_048)}`,
])('leads %j nowhere', (link) => {
  expect(pageOfLink(link)).toBeNull();
});

it('leads whatever it is given to a screen of an experiment on our own origin, or nowhere', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string().map((text) => `cellwright://experiments/1${text}`),
    fc.string().map((text) => `cellwright://experiments/1?${text}`),
    fc.webUrl().map((url) => url.replace('http', 'cellwright')),
  );
  fc.assert(
    fc.property(hostile, (link) => {
      const page = pageOfLink(link);
      if (page === null) return;
      const url = new URL(`app://cellwright${page}`);
      expect(url.host).toBe('cellwright');
      expect(url.hash).toBe('');
      expect(url.pathname).toMatch(/^\/experiments\/\d+(\/trials\/\d+|\/compare)?$/);
      expect(`${url.pathname}${url.search}`).toBe(page);
    }),
  );
});

it('finds project, link and trainers among the arguments that Chromium adds', () => {
  const list = [
    '--disable-gpu',
    '--project=mine',
    'cellwright://experiments/2',
    '--trainers=utility',
    '--x=cellwright',
  ];
  expect(parseStartArguments(list, `${sep}home`)).toEqual({
    project: expect.stringMatching(/home.mine$/),
    page: '/experiments/2',
    trainers: 'utility',
  });
});

it('starts as usual where the arguments are no use', () => {
  const usual = { project: null, page: null, trainers: 'process' };
  expect(parseStartArguments([], '/')).toEqual(usual);
  expect(parseStartArguments(['--project=', '--trainers=root', 'cellwright://evil', '--projectile=x'], '/')).toEqual(
    usual,
  );
});
