import type * as Tfjs from '@tensorflow/tfjs-node-gpu';

type Map4 = Tfjs.Tensor4D;

/** A parameter by the name that the released checkpoints give it. */
export type Lookup = (name: string) => Tfjs.Tensor;

/**
 * NASNet-A in training mode for small images, in tfjs's eager operations: a second writing of the released code's
 * network (nasnet.py, nasnet_utils.py) that knows nothing of plans and graphs. Drop path and dropout are off.
 */
export class EagerNasnetA {
  private readonly tf: typeof Tfjs;
  private readonly lookup: Lookup;
  private readonly epsilon: number;

  constructor(tf: typeof Tfjs, lookup: Lookup, epsilon: number) {
    this.tf = tf;
    this.lookup = lookup;
    this.epsilon = epsilon;
  }

  /** Class scores [batch, classes] of whitened images, for F filters and N repeats, and those of the auxiliary head. */
  scores(images: Map4, filters: number, repeats: number): { logits: Tfjs.Tensor2D; auxiliary: Tfjs.Tensor2D } {
    let current = this.norm('l1_stem_bn', this.convolve('l1_stem_3x3', images, 1, 'same'));
    let previous: Map4 | null = null;
    let auxiliary: Tfjs.Tensor2D | null = null;
    for (let stack = 0; stack < 3; stack++) {
      const width = filters * 2 ** stack;
      if (stack > 0) {
        [previous, current] = [current, this.reduction(`reduction_cell_${stack - 1}`, current, previous!, width)];
      }
      for (let repeat = 0; repeat < repeats; repeat++) {
        const name = `cell_${stack * repeats + repeat}`;
        [previous, current] = [current, this.normal(name, current, previous, width)];
      }
      if (stack === 1) auxiliary = this.auxiliary(`aux_${2 * repeats - 1}/aux_logits`, current);
    }
    const pooled = this.tf.mean(this.tf.relu(current), [1, 2]) as Tfjs.Tensor2D;
    return { logits: this.dense('final_layer/FC', pooled), auxiliary: auxiliary! };
  }

  private normal(name: string, current: Map4, previous: Map4 | null, width: number): Map4 {
    const h1 = this.previous(name, current, previous, width);
    const h0 = this.squeeze(`${name}/1x1`, `${name}/beginning_bn`, current);
    const at = (block: number, side: string) => `${name}/comb_iter_${block}/${side}`;
    const b0 = this.add(this.sep(at(0, 'left'), 5, h0, 1), this.sep(at(0, 'right'), 3, h1, 1));
    const b1 = this.add(this.sep(at(1, 'left'), 5, h1, 1), this.sep(at(1, 'right'), 3, h1, 1));
    const b2 = this.add(this.pool(at(2, 'left'), 'avg', h0, 1, width), this.same(at(2, 'right'), h1, width));
    const b3 = this.add(this.pool(at(3, 'left'), 'avg', h1, 1, width), this.pool(at(3, 'right'), 'avg', h1, 1, width));
    const b4 = this.add(this.sep(at(4, 'left'), 3, h0, 1), this.same(at(4, 'right'), h0, width));
    return this.tf.concat([this.fitOutput(`${name}/cell_output/reduction_1`, h1, width), b0, b1, b2, b3, b4], 3);
  }

  private reduction(name: string, current: Map4, previous: Map4, width: number): Map4 {
    const h1 = this.previous(name, current, previous, width);
    const h0 = this.squeeze(`${name}/1x1`, `${name}/beginning_bn`, current);
    const at = (block: number, side: string) => `${name}/comb_iter_${block}/${side}`;
    const b0 = this.add(this.sep(at(0, 'left'), 5, h0, 2), this.sep(at(0, 'right'), 7, h1, 2));
    const b1 = this.add(this.pool(at(1, 'left'), 'max', h0, 2, width), this.sep(at(1, 'right'), 7, h1, 2));
    const b2 = this.add(this.pool(at(2, 'left'), 'avg', h0, 2, width), this.sep(at(2, 'right'), 5, h1, 2));
    const b3 = this.add(b1, this.pool(at(3, 'right'), 'avg', b0, 1, width));
    const b4 = this.add(this.sep(at(4, 'left'), 3, b0, 1), this.pool(at(4, 'right'), 'max', h0, 2, width));
    return this.tf.concat([b1, b2, b3, b4], 3);
  }

  /** The previous output on the current one's grid and width; in the first cell the current output, untouched. */
  private previous(name: string, current: Map4, previous: Map4 | null, width: number): Map4 {
    if (previous === null) return current;
    if (previous.shape[1] !== current.shape[1]) return this.factorised(name, this.tf.relu(previous));
    return previous.shape[3] === width ? previous : this.squeeze(`${name}/prev_1x1`, `${name}/prev_bn`, previous);
  }

  private factorised(name: string, x: Map4): Map4 {
    const { avgPool, pad, slice, concat } = this.tf;
    const half = (map: Map4) => avgPool(map, 1, 2, 'valid');
    const even = this.convolve(`${name}/path1_conv`, half(x), 1, 'valid');
    const padded = pad(x, [
      [0, 0],
      [0, 1],
      [0, 1],
      [0, 0],
    ]) as Map4;
    const shifted = slice(padded, [0, 1, 1, 0], x.shape) as Map4;
    const odd = this.convolve(`${name}/path2_conv`, half(shifted), 1, 'valid');
    return this.norm(`${name}/final_path_bn`, concat([even, odd], 3) as Map4);
  }

  private fitOutput(name: string, x: Map4, width: number): Map4 {
    if (x.shape[3] === width) return x;
    return this.norm(`${name}/path_bn`, this.convolve(`${name}/path_conv`, x, 1, 'same'));
  }

  private squeeze(convolution: string, norm: string, x: Map4): Map4 {
    return this.norm(norm, this.convolve(convolution, this.tf.relu(x), 1, 'same'));
  }

  private sep(name: string, kernel: number, x: Map4, stride: 1 | 2): Map4 {
    let state = x;
    for (const repeat of [1, 2]) {
      const layer = `${name}/separable_${kernel}x${kernel}_${repeat}`;
      const filter = this.lookup(`${layer}/depthwise_weights`) as Map4;
      const deep = this.tf.depthwiseConv2d(this.tf.relu(state), filter, repeat === 1 ? stride : 1, 'same');
      const point = this.tf.conv2d(deep, this.lookup(`${layer}/pointwise_weights`) as Map4, 1, 'same');
      state = this.norm(`${name}/bn_sep_${kernel}x${kernel}_${repeat}`, point);
    }
    return state;
  }

  private pool(name: string, kind: 'avg' | 'max', x: Map4, stride: 1 | 2, width: number): Map4 {
    const pooled = this.tf[kind === 'avg' ? 'avgPool' : 'maxPool'](x, 3, stride, 'same');
    if (pooled.shape[3] === width) return pooled;
    return this.norm(`${name}/bn_1`, this.convolve(`${name}/1x1`, pooled, 1, 'same'));
  }

  private same(name: string, x: Map4, width: number): Map4 {
    return x.shape[3] === width ? x : this.squeeze(`${name}/1x1`, `${name}/bn_1`, x);
  }

  private auxiliary(name: string, x: Map4): Tfjs.Tensor2D {
    const { relu, avgPool } = this.tf;
    const pooled = avgPool(relu(x), 5, 3, 'valid');
    const narrow = relu(this.norm(`${name}/aux_bn0`, this.convolve(`${name}/proj`, pooled, 1, 'same')));
    const whole = relu(this.norm(`${name}/aux_bn1`, this.convolve(`${name}/Conv`, narrow, 1, 'valid')));
    return this.dense(`${name}/FC`, this.tf.reshape(whole, [x.shape[0], -1]));
  }

  private convolve(name: string, x: Map4, stride: number, padding: 'same' | 'valid'): Map4 {
    return this.tf.conv2d(x, this.lookup(`${name}/weights`) as Map4, stride, padding);
  }

  /** By the batch's own moments, the variance without Bessel's correction. */
  private norm(name: string, x: Map4): Map4 {
    const { moments, sub, div, sqrt, add, mul } = this.tf;
    const { mean, variance } = moments(x, [0, 1, 2]);
    const normal = div(sub(x, mean), sqrt(add(variance, this.epsilon)));
    return add(mul(normal, this.lookup(`${name}/gamma`)), this.lookup(`${name}/beta`)) as Map4;
  }

  private dense(name: string, x: Tfjs.Tensor2D): Tfjs.Tensor2D {
    const weights = this.lookup(`${name}/weights`) as Tfjs.Tensor2D;
    return this.tf.add(this.tf.matMul(x, weights), this.lookup(`${name}/biases`));
  }

  private add(a: Map4, b: Map4): Map4 {
    return this.tf.add(a, b) as Map4;
  }
}
