import type { Combination, Operation } from '../records/architecture.ts';

/** Kinds of operation that share a colour and a shape wherever cells are drawn. */
export const OPERATION_FAMILIES = [
  'separable',
  'dilated',
  'factorised',
  'plain',
  'max_pool',
  'average_pool',
  'identity',
] as const;
export type OperationFamily = (typeof OPERATION_FAMILIES)[number];

export interface OperationFacts {
  /** Short name on a drawing. */
  readonly label: string;
  /** Name in a sentence. */
  readonly words: string;
  readonly family: OperationFamily;
}

export const OPERATION_FACTS: Readonly<Record<Operation, OperationFacts>> = {
  identity: { label: 'identity', words: 'identity', family: 'identity' },
  conv_1x3_3x1: { label: '1×3 3×1', words: '1×3 then 3×1 convolution', family: 'factorised' },
  conv_1x7_7x1: { label: '1×7 7×1', words: '1×7 then 7×1 convolution', family: 'factorised' },
  dil_conv_3x3: { label: 'dil 3×3', words: 'dilated 3×3 convolution', family: 'dilated' },
  avg_pool_3x3: { label: 'avg 3×3', words: '3×3 average pooling', family: 'average_pool' },
  max_pool_3x3: { label: 'max 3×3', words: '3×3 max pooling', family: 'max_pool' },
  max_pool_5x5: { label: 'max 5×5', words: '5×5 max pooling', family: 'max_pool' },
  max_pool_7x7: { label: 'max 7×7', words: '7×7 max pooling', family: 'max_pool' },
  conv_1x1: { label: 'conv 1×1', words: '1×1 convolution', family: 'plain' },
  conv_3x3: { label: 'conv 3×3', words: '3×3 convolution', family: 'plain' },
  sep_conv_3x3: { label: 'sep 3×3', words: 'separable 3×3 convolution', family: 'separable' },
  sep_conv_5x5: { label: 'sep 5×5', words: 'separable 5×5 convolution', family: 'separable' },
  sep_conv_7x7: { label: 'sep 7×7', words: 'separable 7×7 convolution', family: 'separable' },
};

/** The sign of a combination on a drawing. */
export const COMBINATION_SIGNS: Readonly<Record<Combination, string>> = { add: '+', concat: 'c' };

/** A hidden state's name on a drawing: `h[i]`, `h[i−1]`, then `b1`, `b2`, … for the outputs of the blocks. */
export function stateLabel(state: number): string {
  if (state === 0) return 'h[i]';
  return state === 1 ? 'h[i−1]' : `b${state - 1}`;
}
