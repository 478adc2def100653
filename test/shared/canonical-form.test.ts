import { expect, it } from 'vitest';
import { canonicalText, INTRODUCED_WITH } from '../../src/shared/canonical-form.ts';
import { PRESETS } from '../../src/shared/presets.ts';

it('sorts the keys of records at every depth, and leaves lists in their order', () => {
  expect(canonicalText({ b: [{ d: 1, c: 2 }, 3], a: { z: null, y: 'x' } })).toBe(
    '{"a":{"y":"x","z":null},"b":[{"c":2,"d":1},3]}',
  );
  expect(canonicalText([2, 1])).toBe('[2,1]');
  expect(canonicalText({ a: undefined, b: 1 })).toBe('{"b":1}');
});

it('leaves a field out that stands at what it was introduced with, and keeps every other value of it', () => {
  const introduced = { added: { kind: 'as before', size: 1 } };
  const text = (value: object) => canonicalText(value, introduced);
  expect(text({ old: 1, added: { size: 1, kind: 'as before' } })).toBe(text({ old: 1 }));
  expect(text({ old: 1, added: { size: 2, kind: 'as before' } })).not.toBe(text({ old: 1 }));
  expect(text({ old: 1, added: null })).not.toBe(text({ old: 1 }));
  // Of the record itself, not of one within it.
  expect(text({ old: introduced })).toBe('{"old":{"added":{"kind":"as before","size":1}}}');
  expect(text({ toString: 1 })).toBe('{"toString":1}');
});

it('makes of a recipe what it was before its later fields', () => {
  const { preprocessing, ...before } = PRESETS.paper.config.recipe;
  expect(preprocessing).toEqual(INTRODUCED_WITH.recipe.preprocessing);
  expect(canonicalText(PRESETS.paper.config.recipe, INTRODUCED_WITH.recipe)).toBe(canonicalText(before));
});
