import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  completeFilter,
  FILTER_FIELDS,
  parseFilter,
  quoteValue,
  statesIn,
  termsOn,
  withStates,
  withTerm,
} from '../../../src/shared/leaderboard/filter.ts';

function conditions(text: string) {
  const parsed = parseFilter(text);
  if (parsed.kind === 'refused') throw new Error(parsed.sentence);
  return parsed.terms.map(({ isNegated, condition }) => (isNegated ? { not: condition } : condition));
}

function refusal(text: string) {
  const parsed = parseFilter(text);
  if (parsed.kind === 'ready') throw new Error(`${text} was accepted`);
  return parsed;
}

const range = (low: number | null, high: number | null, isLowIn = low !== null, isHighIn = high !== null) => ({
  low,
  isLowIn,
  high,
  isHighIn,
});

describe('reading a filter', () => {
  it("reads the design's example", () => {
    const text =
      'reward>0.6 params<3M state:completed,failed op:sep5 -op:max7 update:12..20 star note:"odd start" hash:3fa tag:x';
    expect(conditions(text)).toEqual([
      { kind: 'number', field: 'reward', ranges: [range(0.6, null, false)] },
      { kind: 'number', field: 'params', ranges: [range(null, 3e6, false, false)] },
      { kind: 'state', states: ['completed', 'failed'] },
      { kind: 'operation', operations: ['sep_conv_5x5'] },
      { not: { kind: 'operation', operations: ['max_pool_7x7'] } },
      { kind: 'number', field: 'update', ranges: [{ low: 12, isLowIn: true, high: 20, isHighIn: true }] },
      { kind: 'star' },
      { kind: 'text', field: 'note', texts: ['odd start'] },
      { kind: 'text', field: 'hash', texts: ['3fa'] },
      { kind: 'text', field: 'tag', texts: ['x'] },
    ]);
  });

  it.each([
    ['reward>=60%', range(0.6, null)],
    ['reward>29%', range(0.29, null, false)],
    ['params<=3.35M', range(null, 3_350_000, false)],
    ['madds:200m..1B', range(2e8, 1e9)],
    ['time<90s', range(null, 90_000, false, false)],
    ['time<1:34', range(null, 94_000, false, false)],
    ['time>=1h30min', range(5_400_000, null)],
    ['time:2:05:00..', { low: 7_500_000, isLowIn: true, high: null, isHighIn: true }],
    ['trial:..20', { low: null, isLowIn: true, high: 20, isHighIn: true }],
    ['seed=7', range(7, 7)],
  ])('understands the units of %s', (text, wanted) => {
    expect(conditions(text)).toMatchObject([{ kind: 'number', ranges: [wanted] }]);
  });

  it.each([
    ['params:3.35M', 3_346_538, 3_355_001],
    ['reward=61.20%', 0.612_04, 0.612_06],
    ['time:1:34', 94_400, 94_600],
    ['madds:544333312', 544_333_312, 544_333_313],
  ])('finds with %s what is shown so, which %s is and %s is not', (text, inside, outside) => {
    const parsed = parseFilter(text);
    const condition = parsed.kind === 'ready' ? parsed.terms[0]?.condition : undefined;
    if (condition?.kind !== 'number') throw new Error(`${text} is no condition on a number`);
    const { low, high } = condition.ranges[0]!;
    expect(inside >= low! && inside < high!).toBe(true);
    expect(outside >= low! && outside < high!).toBe(false);
  });

  it('takes alternatives between commas', () => {
    expect(conditions('trial:3,10..12')).toMatchObject([{ ranges: [range(3, 3), range(10, 12)] }]);
    expect(conditions('odd,"new start"')).toEqual([{ kind: 'text', field: 'any', texts: ['odd', 'new start'] }]);
  });

  const ranges = (text: string) =>
    conditions(text).flatMap((one): object[] => ('ranges' in one ? [...one.ranges] : []));
  const inZone = (zone: string): void => {
    vi.stubEnv('TZ', zone);
    onTestFinished(() => void vi.unstubAllEnvs());
  };

  it('takes a date for all that begins with it, by the clock of the machine', () => {
    inZone('America/New_York');
    const [start, end] = ['2026-01-31T05:00:00.000Z', '2026-02-01T05:00:00.000Z'];
    expect(ranges('started:2026-01-31')).toEqual([{ low: start, high: end }]);
    expect(ranges('started>2026-01-31')).toEqual([{ low: end, high: null }]);
    expect(ranges('started>=2026-01-31')).toEqual([{ low: start, high: null }]);
    expect(ranges('started<2026-01-31')).toEqual([{ low: null, high: start }]);
    expect(ranges('started<=2026-01-31t14:25')).toEqual([{ low: null, high: '2026-01-31T19:26:00.000Z' }]);
    expect(ranges('started<="2026-01-31 14:25"')).toEqual([{ low: null, high: '2026-01-31T19:26:00.000Z' }]);
    expect(ranges('started:2025..2026-01,2026-12-31T23:59:59')).toEqual([
      { low: '2025-01-01T05:00:00.000Z', high: end },
      { low: '2027-01-01T04:59:59.000Z', high: '2027-01-01T05:00:00.000Z' },
    ]);
  });

  it('knows days that have 23 hours', () => {
    inZone('Europe/Berlin');
    expect(ranges('started:2026-03-29')).toEqual([
      { low: '2026-03-28T23:00:00.000Z', high: '2026-03-29T22:00:00.000Z' },
    ]);
    expect(parseFilter('started>2026-03-29T02:30').kind).toBe('ready');
  });

  it('says what a misspelt column was meant to be, and where it stands', () => {
    expect(refusal('star rewrad>0.6')).toEqual({
      kind: 'refused',
      sentence: '`rewrad` is no column. Did you mean reward?',
      word: 'rewrad',
      from: 5,
      to: 11,
    });
  });

  it.each([
    ['zzz:1', 'zzz', /is no column. Known are reward, best/],
    ['state:completed,faild', 'faild', /is no state. Did you mean failed\?/],
    ['-op:sap5', 'sap5', /is no operation. Did you mean sep5\?/],
    ['reward>fast', 'fast', /write 0.6 or 60%/],
    ['reward>60', '60', /more than the whole: write 60% or 0.6/],
    ['time<90', '90', /is no time: write 90s/],
    ['params<3Q', '3Q', /is no number here: write 3M/],
    ['started>2026-13', '2026-13', /is no date/],
    ['started:2026-02-29', '2026-02-29', /is no date/],
    ['started:2026-01-31T24', '2026-01-31T24', /is no date/],
    ['started:0026', '0026', /is no date/],
    ['reward', 'reward', /needs a condition, as in reward>0.6/],
    ['reward>', 'reward>', /needs a value/],
    ['state:a,,b', 'state:a,,b', /needs a value/],
    ['reward>0.1,0.2', 'reward>0.1,0.2', /takes one value/],
    ['state=failed', 'state=failed', /takes a colon/],
    ['star:yes', 'star:yes', /stands alone/],
    ['>0.6', '>0.6', /begins with no column/],
    ['note:"odd', '"odd', /is not closed/],
    ['-', '-', /leaves out/],
    ['""', '""', /no text/],
    ['trial:..', '..', /needs a number/],
  ])('refuses %s in a sentence that names %s', (text, word, sentence) => {
    const refused = refusal(text);
    expect(refused.sentence).toMatch(sentence);
    expect(refused.word).toBe(word);
    expect(text.slice(refused.from, refused.to)).toBe(word);
  });

  it('answers any text, and names a place that is in it', () => {
    const pieces = ['reward', 'state', '>', ':', '-', '"', '\\', ',', ' ', '..', '60%', 'x', 'note', 'é', '\u202e'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces)), fc.string(), (parts, rest) => {
        const text = parts.join('') + rest;
        const parsed = parseFilter(text);
        if (parsed.kind === 'ready') return;
        expect(parsed.from).toBeGreaterThanOrEqual(0);
        expect(parsed.to).toBeLessThanOrEqual(text.length);
        expect(text.slice(parsed.from, parsed.to)).toBe(parsed.word);
      }),
      { numRuns: 2000 },
    );
  });

  it('accepts the example of every column', () => {
    for (const { example } of FILTER_FIELDS) expect(parseFilter(example).kind).toBe('ready');
  });

  it('reads back every text that it quotes', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (text) => {
        expect(conditions(`note:${quoteValue(text)}`)).toEqual([{ kind: 'text', field: 'note', texts: [text] }]);
      }),
    );
  });
});

describe('completing a filter', () => {
  const inserted = (text: string, caret = text.length) =>
    completeFilter(text, caret, ['promising', 'odd one']).map(
      ({ insert, from, to }) => text.slice(0, from) + insert + text.slice(to),
    );

  it('offers every column where nothing is typed', () => {
    expect(inserted('')).toHaveLength(FILTER_FIELDS.length);
    expect(inserted('star ')).toContain('star reward>');
  });

  it('offers the columns that begin so, in place of the word at the caret', () => {
    expect(inserted('re')).toEqual(['reward>']);
    expect(inserted('star -st')).toEqual(['star -state:', 'star -started:', 'star -star']);
    expect(inserted('re star', 2)).toEqual(['reward> star']);
  });

  it('offers the values of a closed list, and tags', () => {
    expect(inserted('state:completed,f')).toEqual(['state:completed,failed']);
    expect(inserted('op:se')).toEqual(['op:sep3', 'op:sep5', 'op:sep7']);
    expect(inserted('state:c,failed', 7)).toEqual(['state:completed,failed', 'state:cancelled,failed']);
    expect(inserted('tag:')).toEqual(['tag:promising', 'tag:"odd one"']);
    expect(inserted('note:')).toEqual([]);
  });
});

describe('writing into a filter', () => {
  it('reads and writes the states, and leaves quoted texts alone', () => {
    const text = 'note:"state:failed here" state:completed reward>0.6';
    expect(statesIn(text)).toEqual(['completed']);
    expect(withStates(text, ['failed', 'pruned'])).toBe('note:"state:failed here" reward>0.6 state:failed,pruned');
    expect(withStates(text, [])).toBe('note:"state:failed here" reward>0.6');
    expect(statesIn('-state:failed')).toEqual([]);
  });

  it('puts one condition in place of another', () => {
    expect(termsOn('reward>0.6 best>0.7 reward<0.9', 'reward')).toEqual(['reward>0.6', 'reward<0.9']);
    expect(withTerm('reward>0.6 star reward<0.9', 'reward', 'reward:0.6..0.7')).toBe('star reward:0.6..0.7');
    expect(withTerm('star reward>0.6', 'star', null)).toBe('reward>0.6');
  });

  it.each(['note:"odd', 'note:"odd ', 'star "odd one, st', 'note:"', 'note:"odd \\"', 'note:"odd \\', 'note:"\\\\'])(
    'closes the quote that %s leaves open, so that the condition is one of its own',
    (text) => {
      const written = withStates(text, ['failed']);
      expect(written.startsWith(text)).toBe(true);
      expect(written).toMatch(/" state:failed$/);
      expect(statesIn(written)).toEqual(['failed']);
      expect(withStates(withStates(written, []), ['failed'])).toBe(written);
    },
  );

  it('reads a condition whose quote is open, and takes its place', () => {
    expect(conditions(withStates('note:"odd', ['failed']))).toEqual([
      { kind: 'text', field: 'note', texts: ['odd'] },
      { kind: 'state', states: ['failed'] },
    ]);
    expect(termsOn('note:"odd \\', 'note')).toEqual(['note:"odd \\\\"']);
    expect(withTerm('star note:"odd', 'note', null)).toBe('star');
  });
});
