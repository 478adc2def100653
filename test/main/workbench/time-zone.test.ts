import { expect, it, onTestFinished, vi } from 'vitest';
import { localTimeZone } from '../../../src/main/workbench/time-zone.ts';

it.each([
  ['Europe/Berlin', 'Europe/Berlin'],
  ['UTC', 'UTC'],
  // A rule in place of a name, as POSIX has it: its sign is the other way round.
  ['UTC+3', '-03:00'],
  ['Nowhere/Land', '+00:00'],
  ['', '+00:00'],
])('tells of a machine with TZ=%s the zone %s, in which Intl writes what its clock shows', (setting, zone) => {
  vi.stubEnv('TZ', setting);
  onTestFinished(() => void vi.unstubAllEnvs());
  const at = new Date('2026-07-01T12:34:56Z');
  expect(localTimeZone(at)).toBe(zone);
  const written = new Intl.DateTimeFormat('sv', { timeStyle: 'medium', timeZone: zone }).format(at);
  expect(written).toBe(at.toTimeString().slice(0, 8));
});
