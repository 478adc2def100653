import type { Architecture, Cell, Operation, Scale } from '../../../src/shared/records/architecture.ts';

/**
 * A second counter, written from the description of the network and not from the plan: it knows widths and sizes and
 * adds formulas up. A whole network is counted in one sweep; cells that reach no classifier must be excluded by the
 * caller's choice of architecture (every live cell here reads both of its inputs).
 */
export function countNetwork(architecture: Architecture, scale: Scale): { trainable: number; multiplyAdds: number } {
  const sum = { trainable: 0, multiplyAdds: 0 };
  const F = scale.filters;
  const imagenet = scale.stem === 'imagenet';
  const stemWidth = imagenet ? (scale.stemFilters ?? (Math.max(scale.height, scale.width) <= 224 ? 32 : 96)) : 3 * F;
  const stemSide = (side: number) => (imagenet ? Math.floor((side - 3) / 2) + 1 : side);
  const stemSize: Size = [stemSide(scale.height), stemSide(scale.width)];
  convolution(sum, 9 * scale.channels * stemWidth, stemSize);
  norm(sum, stemWidth);

  const outputs: (Map2 | null)[] = [null, { size: stemSize, width: stemWidth }];
  const run = (kind: 'normal' | 'reduction', width: number, previous: Map2 | null) => {
    outputs.push(countCell(sum, architecture[kind], kind === 'reduction', width, outputs.at(-1)!, previous));
  };
  if (imagenet) {
    run('reduction', Math.max(1, Math.floor(F / 4)), outputs.at(-2)!);
    run('reduction', Math.max(1, Math.floor(F / 2)), outputs.at(-2)!);
  }
  for (const stack of [0, 1, 2]) {
    const skipped = outputs.at(-2)!;
    if (stack > 0) run('reduction', F * 2 ** stack, outputs.at(-2)!);
    for (let repeat = 0; repeat < scale.normalRepeats; repeat++) {
      run('normal', F * 2 ** stack, repeat === 0 && scale.skipReductionInput ? skipped : outputs.at(-2)!);
    }
    if (stack === 1 && scale.auxiliary) countAuxiliary(sum, outputs.at(-1)!, scale.classes);
  }
  dense(sum, outputs.at(-1)!.width, scale.classes);
  return sum;
}

/** Height and width. */
type Size = readonly [number, number];
interface Map2 {
  size: Size;
  width: number;
}
type Sum = ReturnType<typeof countNetwork>;

function convolution(sum: Sum, weights: number, [height, width]: Size): void {
  sum.trainable += weights;
  sum.multiplyAdds += weights * height * width;
}

function norm(sum: Sum, width: number): void {
  sum.trainable += 2 * width;
}

function dense(sum: Sum, inputs: number, outputs: number): void {
  sum.trainable += inputs * outputs + outputs;
  sum.multiplyAdds += inputs * outputs;
}

/** 1x1 with its normalisation; a factorised reduction has the same count at the halved size. */
function project(sum: Sum, from: number, to: Map2): Map2 {
  convolution(sum, from * to.width, to.size);
  norm(sum, to.width);
  return to;
}

const half = ([height, width]: Size): Size => [Math.floor((height + 1) / 2), Math.floor((width + 1) / 2)];
const same = (one: Size, other: Size) => one.join() === other.join();

function countCell(sum: Sum, cell: Cell, reduces: boolean, width: number, current: Map2, previous: Map2 | null): Map2 {
  const wide = { size: current.size, width };
  const one = previous ?? current;
  const fits = previous === null || (same(one.size, current.size) && one.width === width);
  const states = [project(sum, current.width, wide), fits ? one : project(sum, one.width, wide)];
  const size = reduces ? half(current.size) : current.size;
  for (const { left, right, combine } of cell.blocks) {
    for (const { input, operation } of [left, right]) {
      const from = states[input]!;
      countOperation(sum, operation, from.width, { size, width }, from.size, reduces && input < 2);
    }
    states.push({ size, width: combine === 'add' ? width : 2 * width });
  }
  let total = 0;
  for (const output of cell.outputs) {
    const state = states[output]!;
    const created = output >= 2;
    if (!created && (!same(state.size, size) || state.width !== width)) project(sum, state.width, { size, width });
    total += created ? state.width : width;
  }
  return { size, width: total };
}

function countOperation(
  sum: Sum,
  operation: Operation,
  from: number,
  to: Map2,
  inputSize: Size,
  strided: boolean,
): void {
  const { width, size } = to;
  const separable = (taps: number) => {
    convolution(sum, taps * from + from * width, size);
    norm(sum, width);
    convolution(sum, taps * width + width * width, size);
    norm(sum, width);
  };
  switch (operation) {
    case 'identity':
      if (strided || from !== width) project(sum, from, to);
      return;
    case 'avg_pool_3x3':
    case 'max_pool_3x3':
    case 'max_pool_5x5':
    case 'max_pool_7x7':
      if (from !== width) project(sum, from, to);
      return;
    case 'conv_1x1':
      project(sum, from, to);
      return;
    case 'conv_3x3':
      convolution(sum, 9 * from * width, size);
      norm(sum, width);
      return;
    case 'dil_conv_3x3':
      convolution(sum, 9 * from + from * width, size);
      norm(sum, width);
      return;
    case 'conv_1x3_3x1':
    case 'conv_1x7_7x1': {
      const taps = operation === 'conv_1x3_3x1' ? 3 : 7;
      // The first of the two halves the width of the map only, so it has more rows to work on.
      sum.trainable += taps * from * width;
      sum.multiplyAdds += taps * from * width * inputSize[0] * size[1];
      convolution(sum, taps * width * width, size);
      norm(sum, width);
      return;
    }
    case 'sep_conv_3x3':
      separable(9);
      return;
    case 'sep_conv_5x5':
      separable(25);
      return;
    case 'sep_conv_7x7':
      separable(49);
      return;
  }
}

function countAuxiliary(sum: Sum, input: Map2, classes: number): void {
  if (input.size.some((side) => side < 5)) return;
  const [height, width] = input.size.map((side) => Math.floor((side - 5) / 3) + 1) as [number, number];
  project(sum, input.width, { size: [height, width], width: 128 });
  convolution(sum, height * width * 128 * 768, [1, 1]);
  norm(sum, 768);
  dense(sum, 768, classes);
}
