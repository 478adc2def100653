/**
 * The time zone that this process reads local times in, as `Intl` takes it: its name, such as `Europe/Berlin`. Where the
 * system gives it none that is known, its distance from UTC at `now`, such as `-03:00`, which does not follow summer time.
 */
export function localTimeZone(now: Date): string {
  // Node leaves it out, against its type, where TZ holds a rule in place of a name.
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions() as { timeZone?: string };
  return timeZone === undefined || timeZone === 'Etc/Unknown' ? distanceFromUtc(now) : timeZone;
}

function distanceFromUtc(now: Date): string {
  const minutes = -now.getTimezoneOffset();
  const digits = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${digits(Math.abs(minutes) / 60)}:${digits(Math.abs(minutes) % 60)}`;
}
