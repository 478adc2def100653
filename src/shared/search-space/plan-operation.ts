import type { Operation } from '../records/architecture.ts';
import type { PlanWriter, Site } from './plan-writer.ts';

interface Context {
  readonly writer: PlanWriter;
  readonly site: Site;
  readonly input: number;
  readonly filters: number;
  readonly stride: 1 | 2;
}

/** Paper A.4: a separable convolution is applied twice; the stride is on the first. */
const SEPARABLE_REPEATS = 2;

/**
 * Writes one operation of a block, without its drop path: any width in, `filters` out, stride 1 or 2, padding SAME.
 * The order inside is ReLU, convolution, batch normalisation (paper A.4). Returns the step of the result.
 */
export function writeOperation(context: Context, operation: Operation): number {
  switch (operation) {
    case 'identity':
      return writeIdentity(context);
    case 'conv_1x3_3x1':
      return writeFactorised(context, 3);
    case 'conv_1x7_7x1':
      return writeFactorised(context, 7);
    case 'dil_conv_3x3':
      return writeDilated(context);
    case 'avg_pool_3x3':
      return writePool(context, 'average', 3);
    case 'max_pool_3x3':
      return writePool(context, 'max', 3);
    case 'max_pool_5x5':
      return writePool(context, 'max', 5);
    case 'max_pool_7x7':
      return writePool(context, 'max', 7);
    case 'conv_1x1':
      return writePlain(context, 1);
    case 'conv_3x3':
      return writePlain(context, 3);
    case 'sep_conv_3x3':
      return writeSeparable(context, 3);
    case 'sep_conv_5x5':
      return writeSeparable(context, 5);
    case 'sep_conv_7x7':
      return writeSeparable(context, 7);
  }
}

/** Released code: nothing where the shape stays, else ReLU, (strided) 1x1 convolution, batch normalisation. */
function writeIdentity({ writer, site, input, filters, stride }: Context): number {
  if (stride === 1 && writer.mapOf(input)[2] === filters) return input;
  const projected = writer.pointwise(site, '1x1', writer.relu(site, input), filters, stride);
  return writer.batchNorm(site, 'bn_1', projected);
}

/** Released code: no ReLU, and no normalisation unless a 1x1 convolution has to change the width afterwards. */
function writePool({ writer, site, input, filters, stride }: Context, mode: 'average' | 'max', kernel: number): number {
  const pooled = writer.pool(site, input, { mode, kernel, stride, padding: 'SAME' });
  if (writer.mapOf(pooled)[2] === filters) return pooled;
  return writer.batchNorm(site, 'bn_1', writer.pointwise(site, '1x1', pooled, filters));
}

/** Released code: (ReLU, depthwise, pointwise, batch normalisation) twice, nothing between depthwise and pointwise. */
function writeSeparable({ writer, site, input, filters, stride }: Context, kernel: number): number {
  let state = input;
  for (let repeat = 1; repeat <= SEPARABLE_REPEATS; repeat++) {
    const settings = { kernel, stride: repeat === 1 ? stride : 1, dilation: 1, filters } as const;
    const convolved = writer.separable(
      site,
      `separable_${kernel}x${kernel}_${repeat}`,
      writer.relu(site, state),
      settings,
    );
    state = writer.batchNorm(site, `bn_sep_${kernel}x${kernel}_${repeat}`, convolved);
  }
  return state;
}

/**
 * Ours, as the paper does not say: once, and separable as in DARTS and NNI: ReLU, depthwise 3x3 with dilation 2,
 * pointwise, batch normalisation.
 */
function writeDilated({ writer, site, input, filters, stride }: Context): number {
  const settings = { kernel: 3, stride, dilation: 2, filters } as const;
  const convolved = writer.separable(site, 'dilated_3x3', writer.relu(site, input), settings);
  return writer.batchNorm(site, 'bn_dil_3x3', convolved);
}

/**
 * Ours, as the paper does not say: one ReLU, 1xk to the cell's width, kx1, one batch normalisation, as in DARTS and
 * NNI. The stride is split, so that each of the two strides along the side on which it has its kernel.
 */
function writeFactorised({ writer, site, input, filters, stride }: Context, kernel: number): number {
  const across = { kernel: [1, kernel], strides: [1, stride], padding: 'SAME', filters } as const;
  const down = { kernel: [kernel, 1], strides: [stride, 1], padding: 'SAME', filters } as const;
  const rows = writer.convolution(site, `conv_1x${kernel}`, writer.relu(site, input), across);
  const columns = writer.convolution(site, `conv_${kernel}x1`, rows, down);
  return writer.batchNorm(site, `bn_1x${kernel}_${kernel}x1`, columns);
}

/** Paper A.4's order. Ours: once, straight to the cell's width. */
function writePlain({ writer, site, input, filters, stride }: Context, kernel: number): number {
  const settings = { kernel: [kernel, kernel], strides: [stride, stride], padding: 'SAME', filters } as const;
  const convolved = writer.convolution(site, `conv_${kernel}x${kernel}`, writer.relu(site, input), settings);
  return writer.batchNorm(site, `bn_${kernel}x${kernel}`, convolved);
}
