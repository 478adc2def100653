import type { Cell } from '../../shared/records/architecture.ts';
import { liveBlocks } from '../../shared/search-space/live-blocks.ts';
import {
  OPERATION_FACTS,
  OPERATION_FAMILIES,
  type OperationFamily,
} from '../../shared/search-space/operation-facts.ts';

export type CellKind = 'normal' | 'reduction';

export const CELL_KIND_WORDS: Readonly<Record<CellKind, string>> = { normal: 'Normal', reduction: 'Reduction' };

const FAMILY_WORDS: Readonly<Record<OperationFamily, string>> = {
  separable: 'separable',
  dilated: 'dilated',
  factorised: 'factorised',
  plain: 'plain',
  max_pool: 'max',
  average_pool: 'average',
  identity: 'identity',
};

/** What a thumbnail shows, in words: "Normal: 4 separable, 3 average, 3 identity". Only blocks that are built count. */
export function thumbnailSummary(cell: Cell, kind: CellKind = 'normal'): string {
  const operations = liveBlocks(cell).flatMap((block) => {
    const { left, right } = cell.blocks[block]!;
    return [left.operation, right.operation];
  });
  const counts = OPERATION_FAMILIES.map((family) => ({
    family,
    count: operations.filter((operation) => OPERATION_FACTS[operation].family === family).length,
  }));
  const words = counts
    .filter(({ count }) => count > 0)
    .sort((one, other) => other.count - one.count)
    .map(({ family, count }) => `${count} ${FAMILY_WORDS[family]}`);
  return `${CELL_KIND_WORDS[kind]}: ${words.length === 0 ? 'no operation' : words.join(', ')}`;
}
