/**
 * Values that fields were introduced with after the first version of their record: recipes and scales that stand at
 * them mean what they meant before the field was there. So identities leave such a field out, and an optional field that
 * is added later changes no identity. A value never changes here; a field whose meaning changes gets another name, or
 * the spec another version.
 */
export const INTRODUCED_WITH = {
  recipe: { preprocessing: { kind: 'whiten' } },
  scale: { channels: 3 },
} as const satisfies Record<string, Readonly<Record<string, unknown>>>;

/**
 * The canonical text of a value: JSON with the keys of its objects sorted, without fields that are undefined or stand at
 * what they were `introducedWith`.
 */
export function canonicalText(value: unknown, introducedWith: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify(isRecord(value) ? sortedRecord(value, introducedWith) : sorted(value));
}

function sortedRecord(value: Record<string, unknown>, introducedWith: Readonly<Record<string, unknown>>): unknown {
  const kept = Object.entries(value).filter(([key, part]) => {
    if (part === undefined) return false;
    return !Object.hasOwn(introducedWith, key) || canonicalText(part) !== canonicalText(introducedWith[key]);
  });
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, part]) => [key, sorted(part)]));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  return isRecord(value) ? sortedRecord(value, {}) : value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
