import { elementCount, type Shape } from './data-types.ts';

/** How a parameter starts. */
export type Initial =
  | { readonly kind: 'constant'; readonly value: number }
  /** Mean 0; values beyond two deviations are drawn again. */
  | { readonly kind: 'truncatedNormal'; readonly deviation: number }
  /** Truncated normal with variance 1.3 · factor / fan, as TF-slim's `variance_scaling_initializer` (not uniform). */
  | { readonly kind: 'varianceScaling'; readonly factor: number; readonly fan: 'in' | 'out' };

export const ZEROS: Initial = { kind: 'constant', value: 0 };
export const ONES: Initial = { kind: 'constant', value: 1 };
/** What the released NASNet code uses for every kernel: TF-slim's default factor 2 with mode FAN_OUT. */
export const FAN_OUT: Initial = { kind: 'varianceScaling', factor: 2, fan: 'out' };

/** The truncated normal's variance is smaller than the normal's; slim makes up for it with this factor. */
const TRUNCATION_FACTOR = 1.3;

/** The deviation (0 for constants) that a standard truncated normal is multiplied by, before cutting off. */
export function deviationOf(initial: Initial, shape: Shape): number {
  if (initial.kind === 'constant') return 0;
  if (initial.kind === 'truncatedNormal') return initial.deviation;
  const inputs = shape.at(-2);
  const outputs = shape.at(-1);
  if (inputs === undefined || outputs === undefined) {
    throw new TypeError(`Variance scaling needs a kernel [..., in, out], not [${shape.join(', ')}].`);
  }
  const window = elementCount(shape.slice(0, -2));
  const fan = window * (initial.fan === 'in' ? inputs : outputs);
  return Math.sqrt((TRUNCATION_FACTOR * initial.factor) / fan);
}
