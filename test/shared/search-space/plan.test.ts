import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Architecture,
  type Cell,
  OPERATIONS,
  type Operation,
  type Scale,
  STEMS,
} from '../../../src/shared/records/architecture.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';
import { scaleNotes } from '../../../src/shared/search-space/child-scale.ts';
import { cost, inferenceMemoryBytes, trainingMemoryBytes } from '../../../src/shared/search-space/cost.ts';
import { inputsOf, type NetworkPlan, type Step, variablesOf } from '../../../src/shared/search-space/plan.ts';
import { planNetwork } from '../../../src/shared/search-space/plan-network.ts';
import { WorkbenchError } from '../../../src/shared/workbench-error.ts';
import { countNetwork } from './closed-form.ts';
import { cellsOf } from './spaces.ts';

const QUICK: Scale = {
  stem: 'cifar',
  normalRepeats: 1,
  filters: 8,
  height: 32,
  width: 32,
  channels: 3,
  classes: 10,
  auxiliary: false,
  skipReductionInput: false,
};

const scales: fc.Arbitrary<Scale> = fc.record({
  stem: fc.constantFrom(...STEMS),
  normalRepeats: fc.integer({ min: 1, max: 3 }),
  filters: fc.integer({ min: 1, max: 13 }),
  height: fc.integer({ min: 8, max: 80 }),
  width: fc.integer({ min: 8, max: 80 }),
  channels: fc.constantFrom(1, 3),
  classes: fc.integer({ min: 2, max: 20 }),
  auxiliary: fc.boolean(),
  skipReductionInput: fc.boolean(),
});

const architectures: fc.Arbitrary<Architecture> = fc.record({
  normal: cellsOf(OPERATIONS),
  reduction: cellsOf(OPERATIONS),
});

/** Steps from which a classifier's result can be reached backwards. */
function reached(plan: NetworkPlan): Set<number> {
  const seen = new Set<number>();
  const waiting = [plan.predictions, ...(plan.auxiliaryLogits === null ? [] : [plan.auxiliaryLogits])];
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    if (seen.has(step)) continue;
    seen.add(step);
    waiting.push(...inputsOf(plan.steps[step]!));
  }
  return seen;
}

/** What is wrong with a plan, in words; an expectation for each step would take most of the time of the suite. */
function faultsOf(plan: NetworkPlan): string[] {
  const faults: string[] = [];
  const isSize = (side: number) => Number.isInteger(side) && side > 0;
  for (const [index, step] of plan.steps.entries()) {
    const { name, shape } = step;
    if (!inputsOf(step).every((input) => input < index)) faults.push(`${name} reads a later step`);
    if (!shape.every(isSize)) faults.push(`${name} has shape ${shape}`);
    if (!/^[A-Za-z0-9_/]+$/.test(name)) faults.push(`${name} is no name`);
    for (const variable of variablesOf(step)) {
      if (!variable.shape.every(isSize)) faults.push(`${variable.name} has shape ${variable.shape}`);
      if (!variable.name.startsWith(name.replace(/(depthwise|pointwise)$/, '')))
        faults.push(`${variable.name} in ${name}`);
    }
  }
  const names = plan.steps.map(({ name }) => name);
  if (new Set(names).size !== names.length) faults.push('two steps have one name');
  const variables = plan.steps.flatMap(variablesOf).map(({ name }) => name);
  if (new Set(variables).size !== variables.length) faults.push('two variables have one name');
  if (reached(plan).size !== plan.steps.length) faults.push('a step reaches no classifier');
  return faults;
}

function expectWellFormed(plan: NetworkPlan): void {
  expect(faultsOf(plan)).toEqual([]);
}

describe('a plan', () => {
  it('exists for any valid cells and scale, and nothing in it is in vain', () => {
    fc.assert(
      fc.property(architectures, scales, (architecture, scale) => {
        const plan = planNetwork(architecture, scale);
        expectWellFormed(plan);
        expect(plan.steps[plan.logits]!.shape).toEqual([scale.classes]);
        const said = scaleNotes(scale).some((note) => note.startsWith('The auxiliary classifier is left out'));
        expect(plan.auxiliaryLogits !== null).toBe(scale.auxiliary && !said);
        expect(plan.cells).toHaveLength(3 * scale.normalRepeats + (scale.stem === 'imagenet' ? 4 : 2));
      }),
      { numRuns: 250 },
    );
  });

  it('adds only maps of one shape, and concatenates only maps of one size', () => {
    fc.assert(
      fc.property(architectures, scales, (architecture, scale) => {
        const { steps } = planNetwork(architecture, scale);
        for (const step of steps) {
          if (step.kind !== 'add' && step.kind !== 'concat') continue;
          const shapes = step.inputs.map((input) => steps[input]!.shape);
          for (const shape of shapes) expect(shape.slice(0, 2)).toEqual(step.shape.slice(0, 2));
          const channels = shapes.map((shape) => shape.at(-1)!);
          const expected = step.kind === 'add' ? channels : [channels.reduce((sum, count) => sum + count, 0)];
          for (const count of expected) expect(step.shape[2]).toBe(count);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is small for a dead cell: one that only reads the previous input passes every second cell by', () => {
    const skipping: Cell = {
      blocks: [
        {
          left: { input: 1, operation: 'conv_3x3' },
          right: { input: 1, operation: 'identity' },
          combine: 'add',
        },
      ],
      outputs: [2],
    };
    const scale = { ...QUICK, normalRepeats: 3 };
    const plan = planNetwork({ ...NASNET_A, normal: skipping }, scale);
    expectWellFormed(plan);
    // Backwards from cell 8: it reads 6, which reads what the second reduction reads, 5, and so on.
    const built = plan.cells.filter(({ outputStep }) => outputStep !== null).map(({ name }) => name);
    expect(built).toEqual(['cell_0', 'cell_2', 'cell_3', 'cell_5', 'cell_6', 'cell_8']);
    expect(plan.endpoints.map(({ name }) => name)).toEqual([
      'Stem',
      'Cell_0',
      'Cell_2',
      'Cell_3',
      'Cell_5',
      'Cell_6',
      'Cell_8',
      'global_pool',
      'Logits',
      'Predictions',
    ]);
  });

  it('leaves dead blocks and unread inputs out', () => {
    const { blocks } = NASNET_A.normal;
    // Blocks 1 and 2 alone: block 2 reads the previous input only, block 1 is dead.
    const plan = planNetwork({ ...NASNET_A, normal: { blocks: blocks.slice(0, 2), outputs: [3] } }, QUICK);
    expectWellFormed(plan);
    const last = plan.cells.at(-1)!;
    expect(last.blocks.map(({ block }) => block)).toEqual([1]);
    expect(last.inputSteps[0]).toBeNull();
    expect(plan.steps.some(({ name }) => name.startsWith('cell_2/comb_iter_0'))).toBe(false);
  });

  it('numbers its drop-path sites by cell, stem cells and reductions counted', () => {
    const plan = planNetwork(NASNET_A, { ...QUICK, stem: 'imagenet', normalRepeats: 4, height: 64, width: 64 });
    const sites = plan.steps.filter((step) => step.kind === 'drop_path');
    expect(new Set(sites.map(({ cellCount }) => cellCount))).toEqual(new Set([16]));
    expect([...new Set(sites.map(({ cellIndex }) => cellIndex))]).toEqual([...Array(16).keys()]);
    // Eight operations of the Normal cell and nine of the Reduction cell are not identity.
    expect(sites).toHaveLength(12 * 8 + 4 * 9);
  });

  it('refuses what is not valid by name', () => {
    expect(() => planNetwork(NASNET_A, { ...QUICK, filters: 0 })).toThrow(/The scale's filters can't be 0/);
    expect(() => planNetwork(NASNET_A, { ...QUICK, height: 7 })).toThrow(WorkbenchError);
    expect(() => planNetwork(NASNET_A, { ...QUICK, width: 1025 })).toThrow(/The scale's width can't be 1025/);
    expect(() => planNetwork(NASNET_A, { ...QUICK, channels: 2 as 3 })).toThrow(/The scale's channels can't be 2/);
    const wrong = structuredClone(NASNET_A);
    wrong.reduction.blocks[1]!.right.input = 7;
    expect(() => planNetwork(wrong, QUICK)).toThrow(
      'Reduction cell, block 2, right, input: block 2 can read hidden states 0 to 2, not 7.',
    );
  });
});

describe('the count of a plan', () => {
  it('agrees with closed forms for random cells, scales, widths after concat and odd F', () => {
    // A block that reads both inputs keeps every cell alive, which the closed forms take for granted.
    const alive = cellsOf(OPERATIONS).map((cell): Cell => {
      const blocks = structuredClone(cell.blocks);
      blocks[0]!.left.input = 0;
      blocks[0]!.right.input = 1;
      const all = blocks.map((_, block) => block + 2);
      return { blocks, outputs: [...cell.outputs.filter((state) => state < 2), ...all] };
    });
    fc.assert(
      fc.property(alive, alive, scales, (normal, reduction, scale) => {
        const counted = cost(planNetwork({ normal, reduction }, scale));
        const expected = countNetwork({ normal, reduction }, scale);
        expect(counted.trainableParameters).toBe(expected.trainable);
        expect(counted.multiplyAdds).toBe(expected.multiplyAdds);
      }),
      { numRuns: 250 },
    );
  });

  it('is that of its parts together', () => {
    fc.assert(
      fc.property(architectures, scales, (architecture, scale) => {
        const { stem, cells, auxiliary, head, ...whole } = cost(planNetwork(architecture, scale));
        for (const key of ['trainableParameters', 'totalParameters', 'multiplyAdds'] as const) {
          const sum = (parts: readonly Record<typeof key, number>[]) =>
            parts.reduce((total, part) => total + part[key], 0);
          expect(sum([stem, ...cells, auxiliary, head])).toBe(whole[key]);
          for (const cell of cells) expect(sum([cell.plumbing, ...cell.operands])).toBe(cell[key]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('holds less for inference than for training, and not less than its largest pair of neighbours', () => {
    const { activations } = cost(planNetwork(NASNET_A, QUICK));
    expect(activations.inferencePeak).toBeLessThan(activations.training / 5);
    expect(activations.inferencePeak).toBeGreaterThan(32 * 32 * 48 + 32 * 32 * 8);
  });
});

describe('the memory estimate', () => {
  it('grows by the same for every image, four bytes a number, and holds the weights once for inference', () => {
    const read = cost(planNetwork(NASNET_A, QUICK));
    const { activations, totalParameters } = read;
    expect(inferenceMemoryBytes(read, 0)).toBe(4 * totalParameters);
    expect(inferenceMemoryBytes(read, 3) - inferenceMemoryBytes(read, 2)).toBe(4 * activations.inferencePeak);
    expect(trainingMemoryBytes(read, 65) - trainingMemoryBytes(read, 64)).toBe(8 * activations.training);
  });
});

describe('an operation', () => {
  /** The steps of one operation on the current input (8 channels after the squeeze) of the first cell. */
  function stepsOf(operation: Operation, stride: 1 | 2): Step[] {
    const cell: Cell = {
      blocks: [{ left: { input: 0, operation }, right: { input: 1, operation: 'conv_1x1' }, combine: 'add' }],
      outputs: [2],
    };
    const plan = planNetwork({ normal: cell, reduction: cell }, QUICK);
    const name = stride === 1 ? 'cell_0' : 'reduction_cell_0';
    const { left } = plan.cells.find((planned) => planned.name === name)!.blocks[0]!;
    expect(left.stride).toBe(stride);
    const size = 32 / stride;
    const filters = stride * 8;
    expect(plan.steps[left.outputStep]!.shape).toEqual([size, size, filters]);
    const steps: Step[] = [];
    for (let at = left.outputStep; at !== left.inputStep; at = inputsOf(plan.steps[at]!)[0]!) {
      steps.unshift(plan.steps[at]!);
    }
    return steps;
  }

  const word = (step: Step): string => {
    switch (step.kind) {
      case 'convolution':
        return `${step.kernel.join('x')}/${step.strides.join('')}`;
      case 'depthwise':
        return `dw${step.kernel}${step.dilation === 2 ? 'd2' : ''}/${step.stride}`;
      case 'pool':
        return `${step.mode}${step.kernel}/${step.stride}`;
      default:
        return step.kind;
    }
  };

  it.each<[Operation, string]>([
    ['identity', ''],
    ['conv_1x3_3x1', 'relu 1x3/11 3x1/11 batch_norm drop_path'],
    ['conv_1x7_7x1', 'relu 1x7/11 7x1/11 batch_norm drop_path'],
    ['dil_conv_3x3', 'relu dw3d2/1 1x1/11 batch_norm drop_path'],
    ['avg_pool_3x3', 'average3/1 drop_path'],
    ['max_pool_7x7', 'max7/1 drop_path'],
    ['conv_1x1', 'relu 1x1/11 batch_norm drop_path'],
    ['conv_3x3', 'relu 3x3/11 batch_norm drop_path'],
    ['sep_conv_5x5', 'relu dw5/1 1x1/11 batch_norm relu dw5/1 1x1/11 batch_norm drop_path'],
  ])('%s at stride 1 is: %s', (operation, expected) => {
    expect(stepsOf(operation, 1).map(word).join(' ')).toBe(expected);
  });

  it.each<[Operation, string]>([
    ['identity', 'relu 1x1/22 batch_norm'],
    ['conv_1x3_3x1', 'relu 1x3/12 3x1/21 batch_norm drop_path'],
    ['dil_conv_3x3', 'relu dw3d2/2 1x1/11 batch_norm drop_path'],
    ['max_pool_5x5', 'max5/2 drop_path'],
    ['conv_3x3', 'relu 3x3/22 batch_norm drop_path'],
    ['sep_conv_7x7', 'relu dw7/2 1x1/11 batch_norm relu dw7/1 1x1/11 batch_norm drop_path'],
  ])('%s at stride 2 is: %s', (operation, expected) => {
    expect(stepsOf(operation, 2).map(word).join(' ')).toBe(expected);
  });
});

describe('the released names', () => {
  it('are kept for the variables', () => {
    const plan = planNetwork(NASNET_A, { ...QUICK, normalRepeats: 6, filters: 32, auxiliary: true });
    const names = new Set(plan.steps.flatMap(variablesOf).map(({ name }) => name));
    for (const name of [
      'l1_stem_3x3/weights',
      'l1_stem_bn/moving_mean',
      'cell_0/1x1/weights',
      'cell_0/beginning_bn/gamma',
      'cell_0/cell_output/reduction_1/path_conv/weights',
      'cell_1/prev_1x1/weights',
      'cell_6/path1_conv/weights',
      'cell_6/path2_conv/weights',
      'cell_6/final_path_bn/beta',
      'cell_3/comb_iter_0/left/separable_5x5_2/depthwise_weights',
      'cell_3/comb_iter_0/left/separable_5x5_2/pointwise_weights',
      'cell_3/comb_iter_0/left/bn_sep_5x5_2/moving_variance',
      'reduction_cell_1/comb_iter_1/right/separable_7x7_1/depthwise_weights',
      'aux_11/aux_logits/proj/weights',
      'aux_11/aux_logits/Conv/weights',
      'aux_11/aux_logits/aux_bn1/gamma',
      'aux_11/aux_logits/FC/biases',
      'final_layer/FC/weights',
    ]) {
      expect(names).toContain(name);
    }
  });
});

describe('the auxiliary classifier', () => {
  it.each([
    [32, 32, [4, 4, 128]],
    [16, 48, [2, 7, 128]],
    [9, 16, [1, 2, 128]],
  ])('on images of %i x %i pixels pools with its window of 5', (height, width, shape) => {
    const { steps } = planNetwork(NASNET_A, { ...QUICK, height, width, auxiliary: true });
    const pooling = steps.find((step) => step.kind === 'pool' && step.place.part === 'auxiliary');
    expect(pooling).toMatchObject({ kernel: 5, stride: 3, padding: 'VALID' });
    expect(steps.find(({ name }) => name.endsWith('proj'))!.shape).toEqual(shape);
  });

  it('is left out where one side of its map is too small, and nothing is left behind of it', () => {
    const scale: Scale = { ...QUICK, height: 8, width: 32, auxiliary: true };
    const plan = planNetwork(NASNET_A, scale);
    expect(plan.auxiliaryLogits).toBeNull();
    expect(plan.endpoints.some(({ name }) => name === 'AuxLogits')).toBe(false);
    expect(cost(plan)).toEqual(cost(planNetwork(NASNET_A, { ...scale, auxiliary: false })));
    expect(scaleNotes(scale)).toEqual([
      'The auxiliary classifier is left out: its pool needs 5 x 5, and at this size there are 4 x 16.',
    ]);
    expect(scaleNotes({ ...scale, height: 9 })).toEqual([]);
  });
});
