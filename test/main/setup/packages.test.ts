import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { matchesLock } from '../../../src/main/setup/packages.ts';
import { PROJECT_ROOT } from '../../../src/main/setup/runtime.mjs';

type Entries = Parameters<typeof matchesLock>[0];

function entriesOf(file: string): Entries {
  return (JSON.parse(readFileSync(path.join(PROJECT_ROOT, file), 'utf8')) as { packages: Entries }).packages;
}

const wanted = entriesOf('package-lock.json');
const installed = entriesOf('node_modules/.package-lock.json');

it("accepts what npm installed from this project's own lock file", () => {
  expect(matchesLock(wanted, installed)).toBe(true);
});

it('refuses another version, another archive, a missing package and one too many', () => {
  const name = 'node_modules/zod';
  const zod = installed[name]!;
  const { [name]: _, ...without } = installed;
  expect(matchesLock(wanted, { ...installed, [name]: { ...zod, version: '1.0.0' } })).toBe(false);
  expect(matchesLock(wanted, { ...installed, [name]: { ...zod, integrity: 'sha512-other' } })).toBe(false);
  expect(matchesLock(wanted, without)).toBe(false);
  expect(matchesLock(wanted, { ...installed, 'node_modules/extra': { version: '1.0.0' } })).toBe(false);
});

it('misses an optional package only where it is for this system', () => {
  const own = { version: '1.0.0', optional: true, os: [process.platform], cpu: [process.arch] };
  const other = { ...own, os: ['other'] };
  expect(matchesLock({ 'node_modules/binary': own }, {})).toBe(false);
  expect(matchesLock({ 'node_modules/binary': other }, {})).toBe(true);
  expect(matchesLock({ 'node_modules/binary': { ...own, optional: false } }, {})).toBe(false);
});
