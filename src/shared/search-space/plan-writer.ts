import { outputSize } from './map-sizes.ts';
import type { MapShape, Padding, Pair, Place, PlanVariable, Shape, Step, VariableRole, VectorShape } from './plan.ts';

/** Where a piece of the network is being written: the prefix of its names (may be empty), and its place. */
export interface Site {
  readonly scope: string;
  readonly place: Place;
}

export interface ConvolutionSettings {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly padding: Padding;
  readonly filters: number;
}

/**
 * Appends steps to a plan and works out their shapes. Every method returns the index of the step that it wrote.
 *
 * Steps without variables and without chance (ReLU, pooling, pick) are written once for each input, however many
 * read them: the same numbers as the released code's repeated ones, in fewer kernels. They are named after their input.
 */
export class PlanWriter {
  readonly steps: Step[] = [];
  private readonly shared = new Map<string, number>();

  shapeOf(index: number): Shape {
    const step = this.steps[index];
    if (step === undefined) throw new RangeError(`The plan has ${this.steps.length} steps, there is no step ${index}.`);
    return step.shape;
  }

  mapOf(index: number): MapShape {
    const shape = this.shapeOf(index);
    if (shape.length !== 3) throw new RangeError(`Step ${index} makes a vector where a map is needed.`);
    return shape;
  }

  featuresOf(index: number): number {
    const shape = this.shapeOf(index);
    if (shape.length !== 1) throw new RangeError(`Step ${index} makes a map where a vector is needed.`);
    return shape[0];
  }

  input(height: number, width: number, channels: number): number {
    return this.append({ kind: 'input', name: 'images', place: { part: 'input' }, shape: [height, width, channels] });
  }

  convolution(site: Site, name: string, input: number, settings: ConvolutionSettings, weightsName?: string): number {
    const { kernel, strides, padding, filters } = settings;
    const [height, width, channels] = this.mapOf(input);
    const full = join(site, name);
    return this.append({
      kind: 'convolution',
      name: full,
      place: site.place,
      input,
      kernel,
      strides,
      padding,
      weights: variable(weightsName ?? `${full}/weights`, 'convolution', [...kernel, channels, filters]),
      shape: [
        outputSize(height, kernel[0], strides[0], padding),
        outputSize(width, kernel[1], strides[1], padding),
        filters,
      ],
    });
  }

  /** A 1x1 convolution, stride 1 unless said otherwise. */
  pointwise(site: Site, name: string, input: number, filters: number, stride: 1 | 2 = 1, weightsName?: string): number {
    const settings: ConvolutionSettings = { kernel: [1, 1], strides: [stride, stride], padding: 'SAME', filters };
    return this.convolution(site, name, input, settings, weightsName);
  }

  /** Variables of a separable convolution stand side by side, `NAME/depthwise_weights` and `NAME/pointwise_weights`. */
  separable(
    site: Site,
    name: string,
    input: number,
    settings: { kernel: number; stride: 1 | 2; dilation: 1 | 2; filters: number },
  ): number {
    const { kernel, stride, dilation, filters } = settings;
    const [height, width, channels] = this.mapOf(input);
    const full = join(site, name);
    const depthwise = this.append({
      kind: 'depthwise',
      name: `${full}/depthwise`,
      place: site.place,
      input,
      kernel,
      stride,
      dilation,
      weights: variable(`${full}/depthwise_weights`, 'depthwise', [kernel, kernel, channels, 1]),
      shape: [Math.ceil(height / stride), Math.ceil(width / stride), channels],
    });
    return this.pointwise(site, `${name}/pointwise`, depthwise, filters, 1, `${full}/pointwise_weights`);
  }

  batchNorm(site: Site, name: string, input: number): number {
    const shape = this.mapOf(input);
    const full = join(site, name);
    const channels = [shape[2]];
    return this.append({
      kind: 'batch_norm',
      name: full,
      place: site.place,
      input,
      gamma: variable(`${full}/gamma`, 'gamma', channels),
      beta: variable(`${full}/beta`, 'beta', channels),
      movingMean: variable(`${full}/moving_mean`, 'moving_mean', channels),
      movingVariance: variable(`${full}/moving_variance`, 'moving_variance', channels),
      shape,
    });
  }

  relu(site: Site, input: number): number {
    return this.appendOnce({
      kind: 'relu',
      name: `${this.nameOf(input)}/relu`,
      place: site.place,
      input,
      shape: this.mapOf(input),
    });
  }

  pool(
    site: Site,
    input: number,
    settings: { mode: 'average' | 'max'; kernel: number; stride: number; padding: Padding },
  ): number {
    const { mode, kernel, stride, padding } = settings;
    const [height, width, channels] = this.mapOf(input);
    return this.appendOnce({
      kind: 'pool',
      name: `${this.nameOf(input)}/${mode}_${kernel}x${kernel}_${stride}_${padding}`,
      place: site.place,
      input,
      ...settings,
      shape: [outputSize(height, kernel, stride, padding), outputSize(width, kernel, stride, padding), channels],
    });
  }

  pick(site: Site, input: number, offset: 0 | 1): number {
    const [height, width, channels] = this.mapOf(input);
    return this.appendOnce({
      kind: 'pick',
      name: `${this.nameOf(input)}/pick_${offset}`,
      place: site.place,
      input,
      offset,
      shape: [Math.ceil(height / 2), Math.ceil(width / 2), channels],
    });
  }

  add(site: Site, name: string, left: number, right: number): number {
    const shape = this.mapOf(left);
    const other = this.mapOf(right);
    if (shape.join() !== other.join()) throw new RangeError(`Maps of shapes ${shape} and ${other} can't be added.`);
    return this.append({ kind: 'add', name: join(site, name), place: site.place, inputs: [left, right], shape });
  }

  /** One map needs no concatenation: then nothing is written and its own index comes back. */
  concat(site: Site, name: string, inputs: readonly number[]): number {
    const [first, ...others] = inputs;
    if (first === undefined) throw new RangeError('Nothing to concatenate.');
    if (others.length === 0) return first;
    const [height, width] = this.mapOf(first);
    let channels = 0;
    for (const input of inputs) {
      const shape = this.mapOf(input);
      if (shape[0] !== height || shape[1] !== width) {
        throw new RangeError(`Maps of ${height}x${width} and ${shape[0]}x${shape[1]} can't be concatenated.`);
      }
      channels += shape[2];
    }
    return this.append({
      kind: 'concat',
      name: join(site, name),
      place: site.place,
      inputs: [...inputs],
      shape: [height, width, channels],
    });
  }

  dropPath(site: Site, input: number, cellIndex: number, cellCount: number): number {
    return this.append({
      kind: 'drop_path',
      name: join(site, 'drop_path'),
      place: site.place,
      input,
      cellIndex,
      cellCount,
      shape: this.mapOf(input),
    });
  }

  /** Steps that make or take a vector and have no variables. */
  vector(site: Site, kind: 'global_pool' | 'flatten' | 'dropout' | 'softmax', input: number): number {
    const shape = this.shapeOf(input);
    const features: VectorShape = [shape.at(-1)!];
    return this.append({ kind, name: join(site, kind), place: site.place, input, shape: features });
  }

  dense(site: Site, name: string, input: number, outputs: number): number {
    const full = join(site, name);
    return this.append({
      kind: 'dense',
      name: full,
      place: site.place,
      input,
      weights: variable(`${full}/weights`, 'dense', [this.featuresOf(input), outputs]),
      biases: variable(`${full}/biases`, 'bias', [outputs]),
      shape: [outputs],
    });
  }

  private nameOf(index: number): string {
    return this.steps[index]!.name;
  }

  private append(step: Step): number {
    return this.steps.push(step) - 1;
  }

  private appendOnce(step: Step): number {
    const known = this.shared.get(step.name);
    if (known !== undefined) return known;
    const index = this.append(step);
    this.shared.set(step.name, index);
    return index;
  }
}

function join({ scope }: Site, name: string): string {
  return scope === '' ? name : `${scope}/${name}`;
}

function variable(name: string, role: VariableRole, shape: readonly number[]): PlanVariable {
  return { name, role, shape, trainable: role !== 'moving_mean' && role !== 'moving_variance' };
}
