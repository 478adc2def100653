import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../src/shared/records/architecture.ts';
import { architectureText, cellText } from '../../../src/shared/search-space/cell-text.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';
import { OPERATION_FACTS, OPERATION_FAMILIES } from '../../../src/shared/search-space/operation-facts.ts';

describe('a cell as text', () => {
  it('shows what every block reads, does and who reads it', () => {
    expect(architectureText(NASNET_A).join('\n')).toBe(
      `
Normal cell
  b1 = sep 5×5 h[i]   + sep 3×3  h[i−1] → out
  b2 = sep 5×5 h[i−1] + sep 3×3  h[i−1] → out
  b3 = avg 3×3 h[i]   + identity h[i−1] → out
  b4 = avg 3×3 h[i−1] + avg 3×3  h[i−1] → out
  b5 = sep 3×3 h[i]   + identity h[i]   → out
  out = concat of h[i−1], b1, b2, b3, b4, b5

Reduction cell (stride 2 on h[i] and h[i−1])
  b1 = sep 5×5  h[i] + sep 7×7 h[i−1] → b4, b5
  b2 = max 3×3  h[i] + sep 7×7 h[i−1] → b4, out
  b3 = avg 3×3  h[i] + sep 5×5 h[i−1] → out
  b4 = identity b2   + avg 3×3 b1     → out
  b5 = sep 3×3  b1   + max 3×3 h[i]   → out
  out = concat of b2, b3, b4, b5`.slice(1),
    );
  });

  it('marks concatenation and blocks that are not built', () => {
    const block = {
      left: { input: 0, operation: 'conv_1x7_7x1' },
      right: { input: 1, operation: 'dil_conv_3x3' },
      combine: 'concat',
    } as const;
    expect(cellText({ blocks: [block, block], outputs: [3] })).toEqual([
      'b1 = 1×7 7×1 h[i] c dil 3×3 h[i−1] (not built)',
      'b2 = 1×7 7×1 h[i] c dil 3×3 h[i−1] → out',
      'out = b2',
    ]);
  });
});

describe('operation facts', () => {
  it('tell all operations apart, and use every family', () => {
    const facts = OPERATIONS.map((operation) => OPERATION_FACTS[operation]);
    expect(new Set(facts.map(({ label }) => label)).size).toBe(OPERATIONS.length);
    expect(new Set(facts.map(({ words }) => words)).size).toBe(OPERATIONS.length);
    expect(new Set(facts.map(({ family }) => family))).toEqual(new Set(OPERATION_FAMILIES));
  });
});
